import type { RealtimeCaller } from './caller.ts'

/** The registry's own topics: everybody's, and the private one that also tells of drafts. */
export const PUBLIC_TOPIC = 'registry'
export const PUBLISHER_TOPIC = 'registry:publisher'

/** As the policies on the hosted service's messages say: a private channel is closed unless one of them opens it. */
export function mayRead({ role, publisher }: RealtimeCaller, name: string, isPrivate: boolean): boolean {
  return !isPrivate || role === 'service_role' || (name === PUBLISHER_TOPIC && publisher)
}

/** On the registry's topics nobody speaks but the registry, whatever the key. */
export function maySend({ role }: RealtimeCaller, name: string, isPrivate: boolean): boolean {
  if (name === PUBLIC_TOPIC || name.startsWith(`${PUBLIC_TOPIC}:`)) return false
  return !isPrivate || role === 'service_role'
}
