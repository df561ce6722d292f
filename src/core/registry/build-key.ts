import { sha256 } from '../../contract/digest.ts'

/**
 * A request without a required idempotency key. By default, the key is made from the request and the state it applies
 * to.
 */
export type Keyless<T extends { key: string }> = Omit<T, 'action' | 'key'> & { key?: string }

/**
 * The default key of a request. `base` is the state that the request applies to, without the request's own effect: a
 * repetition after a lost answer has the same key, and a repetition after any other change is a new request.
 */
export function buildKey(action: string, request: object, base: string | number | undefined): string {
  return `${action}-${sha256(JSON.stringify([request, base]))}`
}
