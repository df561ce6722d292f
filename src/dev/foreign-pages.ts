import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { json } from './answers.ts'

/** One word, or a name in a domain that is kept for networks of one's own: nobody on the web can have it. */
const LOCAL_NAME = /^(?:[^.]+|.+\.(?:localhost|local|internal|test|home\.arpa))$/
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * The answer to what a page of somebody else asks through the developer's browser; undefined: let it pass. What a
 * deployment shows everybody is still the developer's own here, and a page on the web could read it: by asking from
 * there, or under a name that it lets point to this machine (DNS rebinding).
 * @param own the name that this server was told to listen on
 */
export function refuseForeign(request: Request, own: string): Response | undefined {
  const { hostname } = new URL(request.url)
  if (hostname !== own && !LOCAL_NAME.test(hostname) && isIP(hostname.replace(/^\[|\]$/g, '')) === 0)
    return refused(`"${hostname.slice(0, 200)}" is no name of this machine`)
  const origin = request.headers.get('origin')
  if (origin === null || isOwnPage(origin, hostname)) return undefined
  return refused(`pages of ${origin.slice(0, 200)} are not answered`)
}

/** Whether the same holds for a request for a WebSocket: browsers let every page ask for one. */
export function isForeign({ headers: { host = '', origin } }: IncomingMessage, own: string): boolean {
  if (!URL.canParse(`http://${host}`)) return true
  const headers = origin === undefined ? undefined : { origin }
  return refuseForeign(new Request(`http://${host}`, { headers }), own) !== undefined
}

function isOwnPage(origin: string, hostname: string): boolean {
  if (!URL.canParse(origin)) return false
  const { hostname: of } = new URL(origin)
  return of === hostname || LOOPBACK.test(of)
}

function refused(message: string): Response {
  const hint = 'ask from a page on localhost, or not from a browser; a deployment answers pages everywhere'
  return json({ code: 'FOREIGN_PAGE', message, hint }, 403)
}
