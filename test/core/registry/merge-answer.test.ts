import { expect, test } from 'vitest'
import {
  FEW_HEADS,
  type HeadsPlace,
  keepHeads,
  readKnownHeads,
  readKnownPlaces,
} from '../../../src/core/registry/kept-heads.ts'
import { answerFromHeads, type HeadsOfKind } from '../../../src/core/registry/merge-answer.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const headOf = (kind: string, id: string) =>
  ({ kind, id, description: {}, references: [], demands: [] }) as unknown as Head
const nothingMoved = (kind: string, count: number, sum: string): HeadsOfKind => {
  return { kind, whole: false, heads: [], stamps: {}, count, sum }
}

/** A reader who has kept one agent and one template. */
function keeper(): HeadsPlace {
  const place = { folder: tempFolder(), build: 'one', reader: ['a registry'] }
  for (const kind of ['agents', 'templates'])
    keepHeads(place, kind, { seq: 1, mark: kind }, new Map([['a', { stamp: '5', head: headOf(kind, 'a') }]]))
  return place
}

test('heads that add up are answered, and those of other kinds are read', async () => {
  const place = keeper()
  const answer = {
    seq: 9,
    mark: 'm',
    kinds: [nothingMoved('agents', 1, '5'), nothingMoved('templates', 1, '6')],
  }
  const asked: (readonly string[])[] = []
  const { sum, read } = answerFromHeads(place, ['templates', 'agents'], answer, async (kinds) => {
    asked.push(kinds)
    return new Map([['templates', [headOf('templates', 'b')]]])
  })
  expect(sum).toBe('["a registry",["agents",1,"5"],["templates",1,"6"]]')
  expect((await read()).map(({ kind, id }) => `${kind}/${id}`)).toEqual(['templates/b', 'agents/a'])
  expect(asked).toEqual([['templates']])
})

test('what was kept is written again once more than a few heads moved', async () => {
  const place = keeper()
  const ids = Array.from({ length: FEW_HEADS + 1 }, (_, at) => `b-${at}`)
  for (const [count, seq] of [
    [1, 1],
    [ids.length, 9],
  ] as const) {
    const heads = ids.slice(0, count).map((id) => headOf('agents', id))
    const stamps = Object.fromEntries(heads.map(({ id }) => [id, '1']))
    const moved = { kind: 'agents', whole: false, heads, stamps, count: count + 1, sum: String(5 + count) }
    const answer = { seq: 9, mark: 'm', kinds: [moved] }
    const { read } = answerFromHeads(place, ['agents'], answer, () => Promise.reject(new Error('read')))
    expect(await read()).toHaveLength(count + 1)
    expect(readKnownPlaces(place, ['agents']).get('agents')?.seq).toBe(seq)
  }
  expect(readKnownHeads(place, 'agents').size).toBe(ids.length + 1)
})
