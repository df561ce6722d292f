import { sha256 } from '../../contract/digest.ts'

/** A request that may leave its idempotency key out: then the key is made of what is asked and of what it is asked of. */
export type Keyless<T extends { key: string }> = Omit<T, 'action' | 'key'> & { key?: string }

/**
 * The key of a request that names none. `base` is what the request is asked of, without what its own effect changes:
 * asking again after a lost answer is asking the same, and asking after anything else has happened is a new request.
 */
export function buildKey(action: string, request: object, base: string | number | undefined): string {
  return `${action}-${sha256(JSON.stringify([request, base]))}`
}
