import { lookup } from 'node:dns/promises'

/** Resolves a name with the system's resolver, `/etc/hosts` included. */
export async function systemLookup(hostname: string): Promise<string[]> {
  const addresses = await lookup(hostname, { all: true, verbatim: true })
  return addresses.map(({ address }) => address)
}
