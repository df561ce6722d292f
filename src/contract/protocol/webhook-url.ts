import { HOST_PROBLEMS, hostProblem } from '../fields/host.ts'

/** Why a webhook's URL is refused. Neither part contains a user, a password or a query. */
export interface WebhookUrlProblem {
  rule: string
  message: string
  hint: string
}

export interface WebhookUrlOptions {
  /** Whether the URL may name this machine itself, over http too: for a developer's own registry. */
  loopback: boolean
}

const LONGEST = 2048
// Characters that the URL parser drops or rewrites silently, while another parser may not.
const ODD = /[\u0000-\u0020\u007f\\]/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i
const PUBLIC = 'use a public https URL'
/** Ports of web servers. A service on another port may read a POST as commands of its protocol. */
const PORTS: ReadonlySet<string> = new Set(['', '443', '4443', '8080', '8443'])

/**
 * The first reason not to send events to a URL, or undefined. The address behind its name is checked again at every
 * delivery.
 */
export function webhookUrlProblem(
  raw: string,
  { loopback }: WebhookUrlOptions,
): WebhookUrlProblem | undefined {
  const problem = (rule: string, message: string, hint: string) => ({
    rule: `NOFX_WEBHOOK_URL_${rule}`,
    message,
    hint,
  })
  if (raw.length > LONGEST)
    return problem('LENGTH', `the URL has ${raw.length} characters`, `use at most ${LONGEST}`)
  if (!ABSOLUTE.test(raw) || ODD.test(raw) || !URL.canParse(raw))
    return problem('INVALID', 'this is not a URL', 'write it as https://host/path')
  const url = new URL(raw)
  if (url.username !== '' || url.password !== '')
    return problem('USERINFO', 'the URL carries a user or a password', 'deliveries are signed: leave it out')
  if (raw.includes('#')) return problem('FRAGMENT', 'the URL has a fragment', 'remove "#" and what follows')
  const host = hostProblem(url.hostname)
  if (host === 'loopback' && loopback && /^https?:$/.test(url.protocol) && url.port !== '0') return undefined
  if (host === 'loopback') return problem('LOOPBACK', `${url.hostname} ${HOST_PROBLEMS[host]}`, PUBLIC)
  if (host) return problem('PRIVATE', `${url.hostname} ${HOST_PROBLEMS[host]}`, PUBLIC)
  if (!PORTS.has(url.port))
    return problem('PORT', `the URL names port ${url.port}`, 'use port 443, 4443, 8080 or 8443')
  if (url.protocol === 'https:') return undefined
  return problem('SCHEME', `the URL uses ${url.protocol}// instead of https://`, PUBLIC)
}

/**
 * Why nothing is sent to an address that a name resolves to, or undefined.
 * @param loopback as above: then the name belongs to this machine, or may
 */
export function addressProblem(address: string, { loopback }: WebhookUrlOptions): string | undefined {
  const problem = hostProblem(address)
  if (problem === undefined || (problem === 'loopback' && loopback)) return undefined
  return `its name resolves to ${address}, which ${HOST_PROBLEMS[problem]}`
}
