import { isIP } from 'node:net'
import { sha256 } from '../../contract/digest.ts'
import type { Principal } from '../../edge/auth/principal.ts'

/** A caller, as far as limits are counted. */
export interface ApiCaller {
  /** The hash of verified credentials, or an address; undefined where the address is unknown. */
  share: string | undefined
  /** Whether the caller's credentials were verified. */
  isKnown: boolean
}

/**
 * The caller whose limits a request counts for: by its verified credentials, else by its address.
 * @param forwarded whether the platform in front sets `x-forwarded-for` itself; elsewhere every caller can write that
 * header
 */
export function identifyCaller(
  headers: Headers,
  principal: Principal | undefined,
  forwarded = false,
): ApiCaller {
  if (principal) {
    const credentials = headers.get('authorization') ?? headers.get('apikey') ?? ''
    return { share: sha256(credentials), isKnown: true }
  }
  return { share: forwarded ? readAddress(headers) : undefined, isKnown: false }
}

function readAddress(headers: Headers): string | undefined {
  const first = headers.get('x-forwarded-for')?.split(',')[0]?.trim()
  return parseNetwork(first || headers.get('x-real-ip')?.trim() || '')
}

/**
 * The part of an address that its holder cannot choose: all of IPv4, and the first 64 bits of IPv6, since each network
 * has 2^64 addresses. An IPv4 address that is written as IPv6 counts as the IPv4 address.
 */
export function parseNetwork(address: string): string | undefined {
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : undefined
  const groups = parseGroups(address)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight numbers of an IPv6 address, without its zone, which has a meaning on this machine alone. */
function parseGroups(address: string): number[] {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/s, '')}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const [before, after] = [numbersIn(head), numbersIn(tail ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const numbersIn = (text: string) =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
