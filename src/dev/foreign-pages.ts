import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { json } from './answers.ts'

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Refuses requests that a foreign page sends through the developer's browser; undefined lets a request pass. Data that
 * a deployment shows to everyone is still private on this machine, and a page on the web could read it: directly, or
 * under a host name that it points at this machine (DNS rebinding).
 * Names of a local network are not trusted either: another machine of that network can answer for them (mDNS, LLMNR).
 * @param own the names of this server beside localhost and addresses, in lower case
 */
export function refuseForeign(request: Request, own: ReadonlySet<string>): Response | undefined {
  const { hostname } = new URL(request.url)
  if (!own.has(hostname) && !LOOPBACK.test(hostname) && isIP(hostname.replace(/^\[|\]$/g, '')) === 0) {
    const name = hostname.slice(0, 200)
    return refused(`"${name}" is not a name of this server`, `start it with: nofx dev --allow-host ${name}`)
  }
  const origin = request.headers.get('origin')
  if (origin === null || isOwnPage(origin, hostname)) return undefined
  return refused(`pages of ${origin.slice(0, 200)} are not answered`)
}

/** The same for a WebSocket: browsers let every page open one. */
export function isForeign(
  { headers: { host = '', origin } }: IncomingMessage,
  own: ReadonlySet<string>,
): boolean {
  if (!URL.canParse(`http://${host}`)) return true
  const headers = origin === undefined ? undefined : { origin }
  return refuseForeign(new Request(`http://${host}`, { headers }), own) !== undefined
}

function isOwnPage(origin: string, hostname: string): boolean {
  if (!URL.canParse(origin)) return false
  const { hostname: of } = new URL(origin)
  return of === hostname || LOOPBACK.test(of)
}

const ELSEWHERE = 'ask from a page on localhost, or not from a browser; a deployment answers pages everywhere'

function refused(message: string, hint = ELSEWHERE): Response {
  return json({ code: 'FOREIGN_PAGE', message, hint }, 403)
}
