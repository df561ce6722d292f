import { Failure } from '../../contract/failure.ts'
import { type HostProblem, hostProblem } from '../../contract/fields/host.ts'

/** Resolves a name to all its current addresses, IPv4 and IPv6. Rejects when it has none. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>

const ADDRESS = /^(?:\[.*\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3})$/

/**
 * The addresses of a host that a client may connect to. All of them are checked: a name with one private address among
 * public ones is refused. IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4) are checked as that address.
 * @param hostname as in `URL.hostname`
 * @param loopback whether the host may be this machine; then every address has to be a loopback address
 * @throws Failure REFUSED for a private address, REMOTE_FAILED when the name cannot be resolved
 */
export async function checkedAddresses(
  hostname: string,
  lookup: ResolveHost,
  loopback = false,
): Promise<readonly string[]> {
  const nameProblem = hostProblem(hostname)
  const isOwn = nameProblem === 'loopback' && loopback
  if (nameProblem !== undefined && !isOwn) throw refused(hostname, nameProblem)
  if (ADDRESS.test(hostname)) return [hostname.replace(/^\[|\]$/g, '')]
  const addresses = await resolve(hostname, lookup)
  for (const address of addresses) {
    const problem = hostProblem(address)
    if (problem !== (isOwn ? 'loopback' : undefined)) throw refused(hostname, problem ?? 'public', address)
  }
  return addresses
}

async function resolve(hostname: string, lookup: ResolveHost): Promise<readonly string[]> {
  let cause: unknown
  try {
    const addresses = await lookup(hostname)
    if (addresses.length > 0) return addresses
  } catch (error) {
    cause = error
  }
  throw new Failure('REMOTE_FAILED', `${hostname} cannot be resolved`, 'check the name and the network', {
    detail: { host: hostname },
    cause,
  })
}

function refused(hostname: string, problem: HostProblem | 'public', address?: string): Failure {
  const what = address === undefined ? `is not a public host` : `resolves to ${address}`
  return new Failure(
    'REFUSED',
    `the MCP host ${hostname} ${what} (${problem})`,
    'use a public https server',
    {
      detail: { host: hostname, address, problem },
    },
  )
}
