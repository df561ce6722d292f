import { expect, test } from 'vitest'
import type { Description } from '../../../src/contract/kind.ts'
import { findRevision } from '../../../src/core/registry/find-revision.ts'
import { describedAs, describeSwitch, enableCommand } from '../../../src/core/registry/operator-switch.ts'
import { disable, enable } from '../../../src/core/switch.ts'
import { registryOf } from '../support/registry.ts'

const description = { status: 'active' } as Description

test('a disabled definition counts as disabled, whatever its manifest says', () => {
  expect(describedAs({ state: 'disabled', description }).status).toBe('disabled')
  expect(describedAs({ state: 'active', description })).toBe(description)
})

test('the sentence about a switch is one line, and the command names the definition', () => {
  expect(describeSwitch({ reason: 'a\nb', by: 'ann', since: 'then' })).toBe('disabled by ann since then: a b')
  expect(enableCommand({ kind: 'agents', id: 'a' })).toBe('nofx registry enable agents/a --reason "<why>"')
})

test('the same request has the same key, and another reason has another', async () => {
  const request = { kind: 'agents', id: 'a', reason: 'why', actor: 'ann' }
  const registry = registryOf()
  for (const act of [disable, enable]) {
    await act(registry, request)
    await act(registry, { ...request, seenVersion: 3 })
    await act(registry, { ...request, reason: 'other' })
  }
  const keys = registry.requests.map(({ key }) => key)
  expect(keys.map((key) => keys.indexOf(key))).toEqual([0, 0, 2, 3, 3, 5])
})

test('a version that does not exist is not found', async () => {
  await expect(findRevision(registryOf(), 'agents', 'a', 3)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
