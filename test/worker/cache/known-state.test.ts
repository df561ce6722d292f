import { expect, test } from 'vitest'
import { isLater, type KnownState } from '../../../src/worker/cache/known-state.ts'

const at = (seq: number, version: number | undefined, mark?: string): KnownState => ({
  head: version === undefined ? { state: 'removed' } : { state: 'active', version, digest: 'd' },
  asOf: '2026-01-01T00:00:00.000Z',
  seq,
  ...(mark ? { mark } : {}),
})

test.each<[what: string, one: KnownState, other: KnownState | undefined, later: boolean]>([
  ['a first state', at(1, 1), undefined, true],
  ['a later event', at(8, 1), at(7, 9), true],
  ['an earlier event, whatever the marks', at(7, 9, 'b'), at(8, 1, 'a'), false],
  ['a higher version of one event', at(7, 3, 'a'), at(7, 2, 'a'), true],
  ['a lower version of one event', at(7, 2, 'a'), at(7, 3, 'a'), false],
  ['a removal of one event', at(7, undefined, 'a'), at(7, 3, 'a'), true],
  ['a version that a removal of the same event had', at(7, 3, 'a'), at(7, undefined, 'a'), false],
  // The registry was restored and has used the number again: versions of the lost history prove nothing.
  ['a lower version of another history', at(7, 2, 'b'), at(7, 3, 'a'), true],
  ['a version of another history, where a removal was', at(7, 2, 'b'), at(7, undefined, 'a'), true],
  ['a lower version without a mark', at(7, 2), at(7, 3, 'a'), false],
])(
  'the cache decides by event, mark and version whether a state replaces its entry: %s',
  (_what, one, other, later) => {
    expect(isLater(one, other)).toBe(later)
  },
)
