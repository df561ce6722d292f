import { expect, test } from 'vitest'
import type { WireItem } from '../../../src/contract/protocol/sync.ts'
import { BUNDLES_IN_CALL, chunkItems } from '../../../src/core/registry/sync.ts'

const item = (id: string, size: number) => ({ id, bundle: { size } }) as WireItem
const idsOf = (chunks: WireItem[][]) => chunks.map((chunk) => chunk.map(({ id }) => id))

test('a call has at most the bundles that the function hashes, in order', () => {
  const third = BUNDLES_IN_CALL / 3
  const items = [item('a', third), item('b', third), item('c', third), item('d', 1), item('e', third)]
  expect(idsOf(chunkItems(items))).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ])
})

test('a bundle larger than the limit of a call is sent alone', () => {
  const items = [item('a', 1), item('b', BUNDLES_IN_CALL + 1), item('c', 1)]
  expect(idsOf(chunkItems(items))).toEqual([['a'], ['b'], ['c']])
})
