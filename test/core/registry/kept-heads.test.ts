import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findHeadsPlace,
  type HeadsPlace,
  keepHeads,
  mergeHeads,
  readKnownHeads,
  readKnownPlace,
  type StampedHead,
} from '../../../src/core/registry/kept-heads.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const MARK = '6f0f4b1e-9d51-4c55-8d9b-6d5a3f0f2a11'
const AT = { seq: 7, mark: MARK }
const headOf = (id: string, summary = '') =>
  ({ kind: 'agents', id, description: { summary }, references: [], demands: [] }) as unknown as Head
const known = (...entries: [id: string, stamp: string, summary?: string][]) =>
  new Map<string, StampedHead>(
    entries.map(([id, stamp, summary]) => [id, { stamp, head: headOf(id, summary) }]),
  )
const readAll = (place: HeadsPlace, kind = 'agents') => [
  readKnownPlace(place, kind),
  readKnownHeads(place, kind),
]
const NOTHING = [undefined, new Map()]
const placeIn = (folder: string, more: Partial<HeadsPlace> = {}): HeadsPlace => ({
  folder,
  build: 'one',
  reader: ['https://a.example.com', 'secret key'],
  ...more,
})

test('what is kept is read again by the same reader with the same build, and by no other', () => {
  const folder = tempFolder()
  const kept = known(['a', '-5', 'tab\tand\nline'], ['b', '12'])
  keepHeads(placeIn(folder), 'agents', AT, kept)
  expect(readAll(placeIn(folder))).toEqual([AT, kept])
  const others: [HeadsPlace, string][] = [
    [placeIn(folder), 'templates'],
    [placeIn(folder, { build: 'two' }), 'agents'],
    [placeIn(folder, { reader: ['https://b.example.com', 'secret key'] }), 'agents'],
    [placeIn(folder, { reader: ['https://a.example.com', 'user 1'] }), 'agents'],
    [placeIn(folder, { reader: ['https://a.example.com'] }), 'agents'],
    [placeIn(tempFolder()), 'agents'],
  ]
  for (const [place, kind] of others) expect(readAll(place, kind)).toEqual(NOTHING)
  const names = readdirSync(folder)
  expect(names).toHaveLength(2)
  for (const name of names) {
    // Publishers alone see drafts and reasons of holds.
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain('example.com')
  }
})

test('a head that is kept says everything that it said before, also where it is copied, listed or written', () => {
  const folder = tempFolder()
  const head = {
    ...headOf('a', 'tab\tand\nline \u2028'),
    references: [{ kind: 'skills', id: 'b', relation: 'requires', pointer: '/x' }],
    demands: [{ kind: 'skills', oneOf: ['b'], provides: 'c', pointer: '/y' }],
  } as unknown as Head
  keepHeads(placeIn(folder), 'agents', AT, new Map([['a', { stamp: '1', head }]]))
  const again = readKnownHeads(placeIn(folder), 'agents').get('a')!.head
  expect(JSON.stringify({ ...again })).toBe(JSON.stringify({ ...head }))
  expect(Object.keys(again).sort()).toEqual(Object.keys(head).sort())
  expect(structuredClone(again)).toEqual(head)
  expect([again.references, again.demands, again.description]).toEqual([
    head.references,
    head.demands,
    head.description,
  ])
})

test('a file that one reader copied to the name of another is not read', () => {
  const folder = tempFolder()
  const mine = placeIn(folder)
  const theirs = placeIn(folder, { reader: ['https://a.example.com', 'user 2'] })
  keepHeads(mine, 'agents', AT, known(['draft', '1']))
  const ofMine = readdirSync(folder).sort()
  keepHeads(theirs, 'agents', AT, known(['live', '1']))
  const ofTheirs = readdirSync(folder).sort()
  for (const what of ['event', 'heads']) {
    const [from, to] = [ofMine, ofTheirs.filter((name) => !ofMine.includes(name))].map((names) =>
      join(folder, names.find((name) => name.startsWith(what))!),
    )
    writeFileSync(to!, readFileSync(from!))
  }
  expect(readAll(theirs)).toEqual(NOTHING)
})

test('a damaged file is not read', () => {
  const folder = tempFolder()
  const place = placeIn(folder)
  const kept = known(['a', '-5'], ['b', '12'])
  keepHeads(place, 'agents', AT, kept)
  const files = readdirSync(folder).map(
    (name) => [join(folder, name), readFileSync(join(folder, name))] as const,
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      ([path, bytes], part, by, cut) => {
        const at = Math.floor(part * bytes.length)
        const other = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
        if (!cut) other[at] = (other[at] ?? 0) ^ by
        writeFileSync(path, other)
        const isEvent = path === files[0]![0]
        expect(readAll(place)).toEqual(isEvent ? [undefined, kept] : [AT, new Map()])
        writeFileSync(path, bytes)
      },
    ),
    { numRuns: 200 },
  )
})

test('a folder that cannot be written to changes nothing', () => {
  const folder = tempFolder({ file: '' })
  const place = placeIn(join(folder, 'file'))
  keepHeads(place, 'agents', AT, known(['a', '1']))
  expect(readAll(place)).toEqual(NOTHING)
})

test('heads are merged only if their number and the sum of their stamps are the registry’s', () => {
  const before = known(['a', '5'], ['b', '-7'])
  const answer = { whole: false, heads: [], stamps: {}, count: 2, sum: '-2' }
  expect(mergeHeads(before, answer)).toEqual(before)
  expect(mergeHeads(before, { ...answer, count: 3 })).toBeUndefined()
  expect(mergeHeads(before, { ...answer, sum: '-1' })).toBeUndefined()
  expect(mergeHeads(new Map(), answer)).toBeUndefined()
  const moved = { ...answer, heads: [headOf('b', 'new')], stamps: { b: '9' }, sum: '14' }
  expect(mergeHeads(before, moved)?.get('b')).toEqual({ stamp: '9', head: headOf('b', 'new') })
  expect(mergeHeads(before, { ...moved, stamps: {} })).toBeUndefined()
  // What was known is forgotten when all heads are sent.
  expect(mergeHeads(before, { ...moved, whole: true, count: 1, sum: '9' })?.size).toBe(1)
  // Sums beyond what a double holds exactly.
  const large = known(['a', '9007199254740993'], ['b', '9007199254740995'])
  expect(mergeHeads(large, { ...answer, sum: '18014398509481988' })).toBeDefined()
  expect(mergeHeads(large, { ...answer, sum: '18014398509481989' })).toBeUndefined()
})

test('a build keeps heads in the project’s folder for caches; sources without one, and programs without a project, keep none', () => {
  const root = tempFolder({ '.git/HEAD': '', 'in/file': '' })
  const reader = ['https://a.example.com', 'user 1']
  const folder = join(root, '.git/nofx')
  expect(findHeadsPlace(join(root, 'in'), reader, 'one')).toEqual({ folder, build: 'one', reader })
  expect(findHeadsPlace(root, reader)).toBeUndefined()
  expect(findHeadsPlace(undefined, reader, 'one')).toBeUndefined()
})
