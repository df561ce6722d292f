const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

export function isIpv4(text: string): boolean {
  return IPV4.test(text)
}

/** RFC 4291: eight groups, or fewer with one `::`; the last two may be written as IPv4. */
export function isIpv6(text: string): boolean {
  if (text.length > 45) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const isMixed = last.includes('.') && !text.endsWith('::')
  if (isMixed && !isIpv4(last)) return false
  const plain = isMixed ? groups.slice(0, -1) : groups
  const count = plain.length + (isMixed ? 2 : 0)
  return (
    plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
  )
}

export function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  return name.length > 0 && name.length <= 253 && name.split('.').every((label) => LABEL.test(label))
}

const ATOMS = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/

/** A mailbox of RFC 5321. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || local.length > 64) return false
  if (!ATOMS.test(local) && !QUOTED.test(local)) return false
  const literal = /^\[(IPv6:)?([0-9a-f.:]+)\]$/i.exec(domain)
  if (literal !== null) return literal[1] ? isIpv6(literal[2] as string) : isIpv4(literal[2] as string)
  return isHostname(domain) && !domain.endsWith('.')
}

/** RFC 3986, appendix B: the parts of a reference. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s
const SCHEME = /^[a-z][a-z0-9+.-]*$/i
const PATH = /^(?:[a-z0-9\-._~!$&'()*+,;=:@/]|%[0-9a-f]{2})*$/i
const QUERY = /^(?:[a-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*$/i
const USER = /^(?:[a-z0-9\-._~!$&'()*+,;=:]|%[0-9a-f]{2})*$/i
const NAME = /^(?:[a-z0-9\-._~!$&'()*+,;=]|%[0-9a-f]{2})*$/i

/** A URI reference of RFC 3986. */
export function isUriReference(text: string): boolean {
  const [reference, scheme, authority, path = '', query = '', fragment = ''] = PARTS.exec(text) ?? []
  return (
    reference !== undefined &&
    // A path that begins with a colon would be read as a scheme without a name.
    (scheme === undefined ? !path.startsWith(':') : SCHEME.test(scheme)) &&
    (authority === undefined || isAuthority(authority)) &&
    PATH.test(path) &&
    QUERY.test(query) &&
    QUERY.test(fragment)
  )
}

export function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && isUriReference(text)
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@')
  if (at >= 0 && !USER.test(authority.slice(0, at))) return false
  const host = authority.slice(at + 1)
  const literal = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1]
  if (literal !== undefined)
    return isIpv6(literal) || /^v[0-9a-f]+\.[a-z0-9\-._~!$&'()*+,;=:]+$/i.test(literal)
  const port = host.indexOf(':')
  return NAME.test(port < 0 ? host : host.slice(0, port)) && (port < 0 || /^\d*$/.test(host.slice(port + 1)))
}

const VARIABLE = '(?:\\w|%[0-9a-f]{2})+(?:\\.(?:\\w|%[0-9a-f]{2})+)*(?::[1-9]\\d{0,3}|\\*)?'
const TEMPLATE = new RegExp(
  `^(?:[^\\x00-\\x20"<>%\\\\^\`{|}\\x7f]|%[0-9a-f]{2}|\\{[+#./;?&=,!@|]?${VARIABLE}(?:,${VARIABLE})*\\})*$`,
  'iu',
)

/** A URI template of RFC 6570. */
export function isUriTemplate(text: string): boolean {
  return TEMPLATE.test(text)
}
