import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { describeTrouble, problemResponse, refuse } from '../api/http/problem.ts'
import { readRequestId } from '../api/http/request-id.ts'
import { quoteWord } from '../contract/text/quote-word.ts'
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
  const { hostname, pathname } = new URL(request.url)
  const { headers } = request
  if (!own.has(hostname) && !LOOPBACK.test(hostname) && isIP(hostname.replace(/^\[|\]$/g, '')) === 0) {
    const name = hostname.slice(0, 200)
    const message = `"${name}" is not a name of this server`
    return refused({ pathname, headers }, message, `start it with: nofx dev --allow-host ${quoteWord(name)}`)
  }
  const origin = headers.get('origin')
  if (origin === null || isOwnPage(origin, hostname)) return undefined
  return refused({ pathname, headers }, `pages of ${origin.slice(0, 200)} are not answered`)
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

const FOREIGN = 'FOREIGN_PAGE'
const ELSEWHERE = 'ask from a page on localhost, or not from a browser; a deployment answers pages everywhere'

type ForeignRequest = Pick<Request, 'headers'> & { pathname: string }

/** Below `/api` a problem document, as each refusal of the API; elsewhere the form that clients of Supabase read. */
function refused({ pathname, headers }: ForeignRequest, message: string, hint = ELSEWHERE): Response {
  if (!/^\/api(?:\/|$)/.test(pathname)) return json({ code: FOREIGN, message, hint }, 403)
  return problemResponse(describeTrouble(refuse(403, FOREIGN, message, hint)), readRequestId(headers))
}
