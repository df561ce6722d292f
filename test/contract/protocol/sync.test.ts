import { describe, expect, test } from 'vitest'
import { syncRequest } from '../../../src/contract/protocol/sync.ts'

const KEY = 'a-key-of-8'
const HASH = '0'.repeat(64)
const WHO = { key: KEY, actor: 'ann', reason: 'why' }
const GOOD: Record<string, Record<string, unknown>> = {
  commit: {
    ...WHO,
    commit: { sha: 'c'.repeat(40), rank: 1, dirty: false, ref: 'main' },
    parts: 0,
    content: HASH,
    removals: [{ kind: 'agents', id: 'a1', expectedVersion: 1 }],
  },
  rollback: { ...WHO, target: { kind: 'agents', id: 'a1', toVersion: 1 } },
  undelete: { ...WHO, kind: 'agents', id: 'a1' },
  promote: { ...WHO, kind: 'agents', id: 'a1', expectedVersion: 3, force: true, dryRun: true },
  disable: { ...WHO, kind: 'agents', id: 'a1', expectedVersion: 3, seenVersion: 3, dryRun: true },
  enable: { ...WHO, kind: 'agents', id: 'a1', force: true },
  rebase: {
    ...WHO,
    commit: { sha: 'c'.repeat(64), rank: 0, dirty: false, ref: 'main' },
    target: { kind: 'agents', id: 'a1' },
  },
}

/** Copies of a request, each with text added to another string of it. */
function variants(value: unknown, added: string): unknown[] {
  if (typeof value === 'string') return [value + added]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    variants(inner, added).map((changed) =>
      Array.isArray(value) ? [changed] : { ...value, [name]: changed },
    ),
  )
}

describe.each(Object.entries(GOOD))('the request %s', (action, request) => {
  test('is accepted as it is documented', () => {
    expect(syncRequest.safeParse({ action, ...request }).success).toBe(true)
  })

  test.each(['\0', '\ud800', '\udc00'])('is refused with %j in any of its texts', (added) => {
    for (const one of variants(request, added))
      expect(syncRequest.safeParse({ action, ...(one as object) }).success, JSON.stringify(one)).toBe(false)
  })

  test('may contain every complete character', () => {
    const sent = { ...request, reason: 'schön 😀 日本' }
    expect(syncRequest.safeParse({ action, ...sent }).success).toBe(true)
  })

  test('is refused without its key, and with an unknown field', () => {
    expect(syncRequest.safeParse({ action, ...request, key: undefined }).success).toBe(false)
    expect(syncRequest.safeParse({ action, ...request, surprise: 1 }).success).toBe(false)
  })
})
