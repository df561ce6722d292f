import { lookup } from 'node:dns/promises'

/** What the system's resolver says of a name, `/etc/hosts` included. */
export async function systemLookup(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}
