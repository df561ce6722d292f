import { expect, test } from 'vitest'
import { isLive } from '../../../src/core/registry/live-head.ts'
import type { Head } from '../../../src/core/registry/registry.ts'

const head = (state: Head['state'], version: number | null) => ({ state, version }) as Head

test.each([
  ['active', 3, true],
  ['deprecated', 3, true],
  ['disabled', 3, false],
  ['removed', 3, false],
  ['draft', null, false],
  ['draft', 3, false],
  ['active', null, false],
] as const)('a head in the state %s with the live version %s is live: %s', (state, version, expected) => {
  expect(isLive(head(state, version))).toBe(expected)
})

test('a definition that the registry does not have is not live', () => expect(isLive(undefined)).toBe(false))
