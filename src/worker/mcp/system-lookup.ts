import { lookup } from 'node:dns/promises'

/** Resolves a name with the system's resolver, `/etc/hosts` included. */
export async function systemLookup(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}
