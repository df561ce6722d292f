import { expect, test } from 'vitest'
import { keyOf } from '../../../src/core/registry/key-of.ts'

const request = { kind: 'agents', id: 'a', reason: 'loops' }

test('the same request of the same base has the same key, which names the action', () => {
  expect(keyOf('rollback', request, 3)).toBe(keyOf('rollback', { ...request }, 3))
  expect(keyOf('rollback', request, 3)).toMatch(/^rollback-[0-9a-f]{64}$/)
})

test.each([
  ['another action', keyOf('promote', request, 3)],
  ['another definition', keyOf('rollback', { ...request, id: 'b' }, 3)],
  ['another reason', keyOf('rollback', { ...request, reason: 'leaks' }, 3)],
  ['another base', keyOf('rollback', request, 4)],
  ['a base of the same digits that is a text', keyOf('rollback', request, '3')],
  ['no base', keyOf('rollback', request, undefined)],
])('%s has another key', (_what, key) => expect(key).not.toBe(keyOf('rollback', request, 3)))
