import { HOST_PROBLEMS, hostProblem } from '../../../contract/fields/host.ts'

/** A problem of a server's URL. `detail` never contains user, password or query values. */
export interface UrlProblem {
  rule:
    | 'NOFX_MCP_URL_LENGTH'
    | 'NOFX_MCP_URL_INVALID'
    | 'NOFX_MCP_URL_SCHEME'
    | 'NOFX_MCP_URL_USERINFO'
    | 'NOFX_MCP_URL_FRAGMENT'
    | 'NOFX_MCP_URL_TOKEN'
    | 'NOFX_MCP_URL_LOOPBACK'
    | 'NOFX_MCP_URL_PRIVATE'
    | 'NOFX_MCP_URL_VARIABLE'
  detail: string
  hint: string
}

/** A server's parsed URL: its host, and a form by which URLs are compared; both are undefined if it cannot be parsed. */
export interface ServerUrl {
  problems: UrlProblem[]
  host: string | undefined
  loopback: boolean
  canonical: string | undefined
  /** Names in braces, in order, with repetitions. */
  variables: string[]
}

const LONGEST = 2048
// Characters that the URL parser drops or rewrites silently, while another parser may not.
const ODD = /[\u0000-\u0020\u007f\\]/
/**
 * The usual form: a lower-case name whose last label has no digits, and a path without escapes, `.` and `..`. The URL parser
 * changes none of it, and is slow.
 */
const USUAL = /^https:\/\/((?:(?!xn--)[a-z0-9][a-z0-9-]*\.)+[a-z]+)((?:\/[A-Za-z0-9_-][\w.-]*)*)\/?$/
const PARTS = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/
const VARIABLE = /\{([^{}]*)\}/g
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** What must follow the last variable of a host: a domain of at least two labels, and optionally a port. */
const DOMAIN_REST = /^\.[^.:{}]+(?:\.[^.:{}]+)+\.?(?::[0-9]+)?$/
const TOKEN_WORD =
  /(?:^|[^a-z])(?:token|key|apikey|secret|password|passwd|pwd|pass|auth|authorization|bearer|jwt|sig|signature|credentials?)(?:$|[^a-z])|(?:token|apikey|secret|password|accesskey)$/
const TOKEN_VALUE = /^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.=-]{32,}$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const PUBLIC = 'use a public https URL'

/**
 * Parses a server's URL as written and lists everything that a registry must refuse in it. Never throws and fetches
 * nothing.
 * @param draft whether the URL may name this machine and private hosts, over http too
 */
export function readServerUrl(raw: string, draft: boolean): ServerUrl {
  return readUsual(raw) ?? readAny(raw, draft)
}

/** What `readAny` gives for the usual form of a URL without a problem. */
function readUsual(raw: string): ServerUrl | undefined {
  const [, host, path = ''] = (raw.length <= LONGEST && USUAL.exec(raw)) || []
  if (host === undefined || hostProblem(host)) return undefined
  return { problems: [], host, loopback: false, canonical: `https://${host}:${path}`, variables: [] }
}

function readAny(raw: string, draft: boolean): ServerUrl {
  const result: ServerUrl = {
    problems: [],
    host: undefined,
    loopback: false,
    canonical: undefined,
    variables: [],
  }
  if (raw.length > LONGEST) {
    result.problems.push({
      rule: 'NOFX_MCP_URL_LENGTH',
      detail: `has ${raw.length} characters`,
      hint: `use at most ${LONGEST}`,
    })
    return result
  }
  const authority = PARTS.exec(raw)?.[1]
  if (!authority || ODD.test(raw)) return invalid(result, 'is not an absolute URL in plain spelling')
  const url = parse(raw.includes('{') ? substitute(raw, authority, result) : raw)
  if (url === undefined) return invalid(result, 'cannot be read as a URL')
  result.host = url.hostname.replace(/\.+$/, '')
  result.canonical = canonical(url, result.host)
  checkHost(url, authority, draft, result)
  checkParts(url, raw, authority, result)
  return result
}

function invalid(result: ServerUrl, detail: string): ServerUrl {
  result.problems.push({ rule: 'NOFX_MCP_URL_INVALID', detail, hint: 'write it as "https://host/path"' })
  return result
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Replaces each variable by a harmless word, so that the fixed parts can be checked. */
function substitute(raw: string, authority: string, result: ServerUrl): string {
  if (authority.includes('{') && !DOMAIN_REST.test(authority.slice(authority.lastIndexOf('}') + 1)))
    result.problems.push({
      rule: 'NOFX_MCP_URL_VARIABLE',
      detail: 'lets a variable choose the host',
      hint: 'keep at least the domain fixed, as in "https://{tenant}.example.com"',
    })
  return raw.replace(VARIABLE, (_, name: string) => {
    result.variables.push(name)
    return VARIABLE_NAME.test(name) ? `variable-${name}` : 'variable'
  })
}

function canonical(url: URL, host: string): string {
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.protocol}//${host}:${url.port}${path}${url.search}`
}

function checkHost(url: URL, authority: string, draft: boolean, result: ServerUrl): void {
  const problem = url.hostname === '' ? 'reserved' : hostProblem(url.hostname)
  result.loopback = problem === 'loopback'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && result.loopback))
    result.problems.push({
      rule: 'NOFX_MCP_URL_SCHEME',
      detail: `uses ${url.protocol}// instead of https://`,
      hint: PUBLIC,
    })
  if (problem === undefined) {
    checkSpelling(url, authority, result)
    return
  }
  if (problem === 'loopback' && draft) return
  const spelled = authority.toLowerCase().includes(url.hostname) ? '' : ` (${url.hostname})`
  result.problems.push({
    rule: problem === 'loopback' ? 'NOFX_MCP_URL_LOOPBACK' : 'NOFX_MCP_URL_PRIVATE',
    detail: HOST_PROBLEMS[problem] + spelled,
    hint: problem === 'loopback' ? `${PUBLIC}, or set "status": "draft"` : PUBLIC,
  })
}

/** Reports a host that the parser rewrites: numbers for an address, escapes, look-alike characters. */
function checkSpelling(url: URL, authority: string, result: ServerUrl): void {
  const { hostname } = url
  if (result.variables.length > 0 || authority.toLowerCase().includes(hostname) || hostname.startsWith('['))
    return
  if (hostname.includes('xn--') && !authority.includes('%')) return
  invalid(result, `spells the host ${hostname} in an unusual way`)
}

function checkParts(url: URL, raw: string, authority: string, result: ServerUrl): void {
  if (authority.includes('@'))
    result.problems.push({
      rule: 'NOFX_MCP_URL_USERINFO',
      detail: 'carries a user or a password',
      hint: `pass it as a header with the value "\${NAME}"`,
    })
  if (raw.includes('#'))
    result.problems.push({
      rule: 'NOFX_MCP_URL_FRAGMENT',
      detail: 'has a fragment',
      hint: 'remove "#" and what follows',
    })
  const token = raw.includes('${') ? 'a secret' : tokenIn(url)
  if (token !== undefined)
    result.problems.push({
      rule: 'NOFX_MCP_URL_TOKEN',
      detail: `carries ${token} in the URL`,
      hint: `pass it as a header with the value "\${NAME}"`,
    })
}

function tokenIn(url: URL): string | undefined {
  if (url.search.length < 2) return undefined
  for (const [name, value] of url.searchParams) {
    const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
    if (TOKEN_WORD.test(words)) return `the query parameter "${name.slice(0, 40)}"`
    if (TOKEN_VALUE.test(value) && !UUID.test(value))
      return `what looks like a token, as "${name.slice(0, 40)}",`
  }
  return undefined
}

/** A URL for messages: without user, password, query and fragment, which may be secrets. */
export function shownUrl(raw: string): string {
  const bare = raw.replace(/[?#].*$/s, (rest) => `${rest[0]}…`).replace(/\/\/[^/?#]*@/, '//…@')
  return JSON.stringify(bare.length > 200 ? `${bare.slice(0, 199)}…` : bare)
}
