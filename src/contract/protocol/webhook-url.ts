import { HOST_PROBLEMS, hostProblem } from '../fields/host.ts'

/** What is wrong with the URL of a webhook. Neither part holds user, password or query. */
export interface WebhookUrlProblem {
  rule: string
  message: string
  hint: string
}

export interface WebhookUrlOptions {
  /** Whether this machine itself may be named, over http too: on a developer's own registry. */
  loopback: boolean
}

const LONGEST = 2048
// The URL parser drops or rewrites these silently; the next reader may not.
const ODD = /[\u0000-\u0020\u007f\\]/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i
const PUBLIC = 'use a public https URL'
/** Ports of web servers. Any other may belong to a service that reads a POST as commands of its own. */
const PORTS: ReadonlySet<string> = new Set(['', '443', '4443', '8080', '8443'])

/** The first thing for which no event is sent to a URL. What its name resolves to is asked again at every delivery. */
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
 * @param loopback as above: then the name was one of this machine, or may be
 */
export function addressProblem(address: string, { loopback }: WebhookUrlOptions): string | undefined {
  const problem = hostProblem(address)
  if (problem === undefined || (problem === 'loopback' && loopback)) return undefined
  return `its name resolves to ${address}, which ${HOST_PROBLEMS[problem]}`
}
