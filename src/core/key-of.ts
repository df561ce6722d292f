import { sha256 } from './contract/digest.ts'

/** A request that may leave its idempotency key out: then the key is made of what is asked and of the head it is asked of. */
export type Keyless<T extends { key: string }> = Omit<T, 'action' | 'key'> & { key?: string }

/** The key of a request that names none: asking the same of the same head is asking once. */
export function keyOf(action: string, request: object): string {
  return `${action}-${sha256(JSON.stringify(request))}`
}
