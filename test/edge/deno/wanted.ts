import { contentHash } from '../../../src/contract/digest.ts'
import { commitAt, type Packed } from '../../cloud/support/definitions.ts'

/** The keys that a caller of an embedded cloud may use. */
export type Keys = { publishable: string; secret: string; jwtSecret: string }

/** A request to a function, and the expected status and code. */
export interface Wanted {
  what: string
  /** `<status> <code>` for a refusal, or `<status>` alone for another answer. */
  answer: string
  kind?: string
  /** Below `/functions/v1/`. */
  path?: string
  init: (keys: Keys) => RequestInit | Promise<RequestInit>
}

export const json = { 'content-type': 'application/json' }

/** Sends JSON, or a text unchanged, with the secret key unless given other headers. */
export const POST = (body: unknown, headers?: (keys: Keys) => Record<string, string>): Wanted['init'] => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return (keys) => ({
    method: 'POST',
    headers: { ...json, ...(headers ? headers(keys) : { apikey: keys.secret }) },
    body: text,
  })
}

/** Sends definitions with an idempotency key that is derived from `key`. */
export const stage = (key: string, ...packed: Packed[]) => ({
  action: 'stage',
  key: `key of ${key}`,
  part: 0,
  items: packed.map(({ item }) => item),
})

/** Commits what was staged under the same key. */
export const commit = (key: string, packed: Packed[], rest: object = {}) => ({
  action: 'commit',
  key: `key of ${key}`,
  actor: 'test@example.com',
  commit: commitAt(1),
  parts: packed.length > 0 ? 1 : 0,
  content: contentHash(packed.map(({ item }) => ({ kind: 'agents', ...item }))),
  removals: [],
  ...rest,
})
