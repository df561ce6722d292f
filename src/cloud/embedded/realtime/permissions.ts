import type { RealtimeCaller } from './caller.ts'

/** The registry's own topics: the public one, and the private one that also announces drafts. */
export const PUBLIC_TOPIC = 'registry'
export const PUBLISHER_TOPIC = 'registry:publisher'

/**
 * Whether a caller may join, by the hosted service's policies: a private channel is closed unless a policy opens it.
 */
export function mayRead({ role, publisher }: RealtimeCaller, name: string, isPrivate: boolean): boolean {
  return !isPrivate || role === 'service_role' || (name === PUBLISHER_TOPIC && publisher)
}

/** Whether a caller may broadcast: on the registry's own topics only the registry may, regardless of the key. */
export function maySend({ role }: RealtimeCaller, name: string, isPrivate: boolean): boolean {
  if (name === PUBLIC_TOPIC || name.startsWith(`${PUBLIC_TOPIC}:`)) return false
  return !isPrivate || role === 'service_role'
}
