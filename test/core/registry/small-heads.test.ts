import { expect, test } from 'vitest'
import { PackedTexts } from '../../../src/core/registry/packed-texts.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import { SmallHeads, splitHead } from '../../../src/core/registry/small-heads.ts'
import fc from '../../harness/fast-check.ts'
import { PUBLISHED, publishedFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

test('packed texts are the texts that were added, read in any order and between additions', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text))
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat({ max: 400 })),
      (some, places) => {
        const texts = new PackedTexts()
        const all: string[] = []
        for (const [at, place] of [...Array(300).keys(), ...places].entries()) {
          const text = `${some[at % some.length]} ${at}`
          expect(texts.add(text)).toBe(all.push(text) - 1)
          const asked = place % all.length
          expect(texts.get(asked)).toBe(all[asked])
        }
        expect(all.map((_text, at) => texts.get(at))).toEqual(all)
      },
    ),
    { numRuns: 8 },
  )
})

/** Heads that differ in everything in which heads of a registry do. */
function headsOf(): Head[] {
  const [plain] = publishedFrom(treeOn(agentFiles('one'))).heads as [Head]
  const at = plain.updatedAt
  const hold = { digest: 'c'.repeat(64), version: 1, reason: null, by: 'ann', since: at }
  return [
    plain,
    { ...plain, id: 'two', liveDigest: null, version: null, draftVersion: 2, state: 'draft' },
    {
      ...plain,
      id: 'three',
      hold: [hold],
      disabled: { reason: 'x', by: 'ann', since: at },
      state: 'disabled',
    },
    { ...plain, id: 'four', commit: { sha: 'f'.repeat(40), rank: 9 }, liveDigest: 'd'.repeat(64) },
    {
      ...plain,
      id: 'five',
      description: { ...plain.description, summary: 'line \u2028 "and" tab\t\nand \ud83d\ude00' },
      references: [{ kind: 'skills', id: 'b', relation: 'requires', file: 'agent.json', pointer: ['x'] }],
      demands: [{ kind: 'skills', oneOf: ['b'], provides: 'c', file: 'agent.json', pointer: [] }],
    },
  ]
}

test('a small head is like its head wherever it is read, compared, copied, split or written', () => {
  const small = new SmallHeads()
  const heads = Array.from({ length: 30 }, headsOf).flat()
  const packed = heads.map((head) => small.pack(head))
  expect(packed.map((head) => small.pack(head))).toEqual(packed)
  for (const [at, head] of heads.entries()) {
    const again = packed[at] as Head
    expect(again).toEqual(head)
    expect({ ...again }).toEqual(head)
    expect(structuredClone(again)).toEqual(head)
    expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(head)))
    expect(Object.keys(again).sort()).toEqual(Object.keys(head).sort())
    expect(splitHead(again)).toEqual(splitHead(head))
  }
  expect(packed[0]?.commit).toBe(packed[1]?.commit)
  expect(heads[0]?.commit).toMatchObject({ rank: PUBLISHED.rank })
})
