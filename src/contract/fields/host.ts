import ipaddr from 'ipaddr.js'

/** Why a host must not be reached from a shared runtime. */
export type HostProblem =
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'carrier-grade NAT'
  | 'cloud metadata'
  | 'reserved'
  | 'internal'

/** Each problem as the predicate of a sentence about a host. */
export const HOST_PROBLEMS: Readonly<Record<HostProblem, string>> = {
  loopback: 'is this machine itself',
  private: 'is a private address',
  'link-local': 'is a link-local address',
  'carrier-grade NAT': 'is a carrier-grade NAT address',
  'cloud metadata': 'is a cloud metadata host',
  reserved: 'is a reserved address',
  internal: 'is an internal name',
}

const METADATA_HOSTS = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
])

/** Top-level labels without public names (RFC 6761, 6762, 8375, and names in wide private use). */
const INTERNAL_SUFFIX =
  /(?:^|\.)(?:local|internal|intranet|localdomain|lan|home|corp|private|svc|home\.arpa)$/
const LOOPBACK_SUFFIX = /(?:^|\.)localhost$/
/** Public DNS services that resolve a name to the address written in front of them, 127.0.0.1 included. */
const REBINDING_SUFFIX =
  /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com)$/
const IPV4 = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/

/**
 * Why a host must not be reached, or undefined. Takes a host from `URL.hostname`, or an address from DNS. The URL
 * parser has already normalised decimal, octal and hexadecimal spellings, full-width digits and percent-encoding.
 */
export function hostProblem(hostname: string): HostProblem | undefined {
  if (hostname.includes(':')) return ipv6Problem(hostname.replace(/^\[|\]$/g, ''))
  const host = hostname.replace(/\.+$/, '')
  if (METADATA_HOSTS.has(host)) return 'cloud metadata'
  if (IPV4.test(host)) return rangeProblem(ipaddr.IPv4.parse(host).range())
  if (LOOPBACK_SUFFIX.test(host)) return 'loopback'
  if (!host.includes('.') || INTERNAL_SUFFIX.test(host) || REBINDING_SUFFIX.test(host)) return 'internal'
  return undefined
}

function ipv6Problem(text: string): HostProblem | undefined {
  // A zone (fe80::1%eth0) names a network interface of this machine.
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return 'reserved'
  const address = ipaddr.IPv6.parse(text)
  if (METADATA_HOSTS.has(address.toString())) return 'cloud metadata'
  const inner = embeddedIpv4(address)
  if (inner !== undefined) return hostProblem(inner) ?? 'reserved'
  return rangeProblem(address.range())
}

/** The IPv4 address inside a mapped, compatible, translated, 6to4 or ISATAP address. */
function embeddedIpv4(address: ipaddr.IPv6): string | undefined {
  const { parts } = address
  const zeros = parts.findIndex((part) => part !== 0)
  const compatible = zeros >= 6
  const mapped = zeros === 5 && parts[5] === 0xffff
  const translated =
    (zeros === 4 && parts[4] === 0xffff && parts[5] === 0) || (parts[0] === 0x64 && parts[1] === 0xff9b)
  const isatap = ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe
  if (parts[0] === 0x2002) return renderIpv4(parts[1], parts[2])
  // ::1 and :: are IPv6's own loopback and unspecified addresses.
  if (compatible && parts[6] === 0 && (parts[7] ?? 0) <= 1) return undefined
  return compatible || mapped || translated || isatap ? renderIpv4(parts[6], parts[7]) : undefined
}

function renderIpv4(high = 0, low = 0): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

function rangeProblem(range: string): HostProblem | undefined {
  switch (range) {
    case 'unicast':
      return undefined
    case 'loopback':
      return 'loopback'
    case 'private':
    case 'uniqueLocal':
    case 'deprecatedSiteLocal':
      return 'private'
    case 'linkLocal':
      return 'link-local'
    case 'carrierGradeNat':
      return 'carrier-grade NAT'
    default:
      return 'reserved'
  }
}
