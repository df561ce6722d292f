import { refuse } from './problem.ts'
import { headOfTag } from './tags.ts'

/** A list of entity tags, or `*` (RFC 9110, 8.8.3 and 13.1.1). */
const TAGS =
  /^\s*(?:\*|(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*)\s*$/
const KEY = /^[\x20-\x7e]{8,200}$/

/** The precondition headers of a route, for the OpenAPI document. */
export const PRECONDITIONS = {
  'If-Match': {
    description: 'The `ETag` of the definition that the caller read, or `*`. Otherwise the answer is 412.',
  },
}

export const IDEMPOTENCY = {
  'Idempotency-Key': {
    description:
      '8 to 200 printable ASCII characters. A request that is repeated with the same key takes effect once.',
  },
}

/** @throws Refusal 400 for an invalid key */
export function parseIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null || KEY.test(key)) return key ?? undefined
  throw refuse(
    400,
    'BAD_REQUEST',
    'the Idempotency-Key does not have 8 to 200 printable ASCII characters',
    'send a UUID, a new one for each new request',
  )
}

/**
 * Compares `If-Match` with the current tag, by RFC 9110's strong comparison: a weak tag never matches.
 * @throws Refusal 400, 412
 */
export function requireMatch(headers: Headers, tag: string): void {
  const wanted = headers.get('if-match')
  if (wanted === null) return
  if (!TAGS.test(wanted))
    throw refuse(
      400,
      'BAD_REQUEST',
      'If-Match is not an entity tag',
      'send the ETag unchanged, with its quotes',
    )
  if (wanted.trim() === '*') return
  for (const [, weak, named] of wanted.matchAll(/(W\/)?"([^"]*)"/g))
    if (weak === undefined && named !== undefined && headOfTag(named) === tag) return
  throw preconditionFailed('the definition has changed since this ETag')
}

export function preconditionFailed(message: string) {
  return refuse(412, 'PRECONDITION_FAILED', message, 'get the definition again, then send its new ETag')
}
