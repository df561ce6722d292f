import { expect, test } from 'vitest'
import { buildKey } from '../../../src/core/registry/build-key.ts'

const request = { kind: 'agents', id: 'a', reason: 'loops' }

test('the same request of the same base has the same key, which names the action', () => {
  expect(buildKey('rollback', request, 3)).toBe(buildKey('rollback', { ...request }, 3))
  expect(buildKey('rollback', request, 3)).toMatch(/^rollback-[0-9a-f]{64}$/)
})

test.each([
  ['another action', buildKey('promote', request, 3)],
  ['another definition', buildKey('rollback', { ...request, id: 'b' }, 3)],
  ['another reason', buildKey('rollback', { ...request, reason: 'leaks' }, 3)],
  ['another base', buildKey('rollback', request, 4)],
  ['a base of the same digits that is a text', buildKey('rollback', request, '3')],
  ['no base', buildKey('rollback', request, undefined)],
])('%s has another key', (_what, key) => expect(key).not.toBe(buildKey('rollback', request, 3)))
