import { isIP } from 'node:net'
import { sha256 } from '../../contract/digest.ts'
import type { Principal } from '../../edge/auth/principal.ts'

/** Who asks, as far as shares are counted. */
export interface Caller {
  /** The hash of credentials that were proven, or an address; undefined where the address cannot be known. */
  share: string | undefined
  /** Whether the credentials have proven something. */
  known: boolean
}

/**
 * Whose share a request uses up: that of its proven credentials, or else of its address.
 * @param forwarded whether the platform in front sets `x-forwarded-for` itself; elsewhere each caller may write it
 */
export function identifyCaller(
  headers: Headers,
  principal: Principal | undefined,
  forwarded = false,
): Caller {
  if (principal) {
    const credentials = headers.get('authorization') ?? headers.get('apikey') ?? ''
    return { share: sha256(credentials), known: true }
  }
  return { share: forwarded ? addressOf(headers) : undefined, known: false }
}

function addressOf(headers: Headers): string | undefined {
  const first = headers.get('x-forwarded-for')?.split(',')[0]?.trim()
  return parseNetwork(first || headers.get('x-real-ip')?.trim() || '')
}

/**
 * The part of an address that its holder cannot choose: all of IPv4, and the first 64 bits of IPv6, since each network
 * has 2^64 addresses to ask from. An IPv4 address that is written as IPv6 is the same address.
 */
export function parseNetwork(address: string): string | undefined {
  const version = isIP(address)
  if (version !== 6) return version === 4 ? address : undefined
  const groups = groupsOf(address)
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

/** The eight numbers of an IPv6 address. Its zone is this machine's matter. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/s, '')}]`)
  const [head = '', tail] = hostname.slice(1, -1).split('::')
  const [before, after] = [numbersIn(head), numbersIn(tail ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const numbersIn = (text: string) =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
