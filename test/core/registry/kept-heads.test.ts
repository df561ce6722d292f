import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findHeadsPlace,
  type HeadsPlace,
  keepHeads,
  mergeHeads,
  readKnownHeads,
  type StampedHead,
} from '../../../src/core/registry/kept-heads.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import fc from '../../harness/fast-check.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const MARK = '6f0f4b1e-9d51-4c55-8d9b-6d5a3f0f2a11'
const headOf = (id: string, summary = '') => ({ kind: 'agents', id, description: { summary } }) as Head
const known = (...entries: [id: string, stamp: string, summary?: string][]) => ({
  seq: 7,
  mark: MARK,
  heads: new Map<string, StampedHead>(
    entries.map(([id, stamp, summary]) => [id, { stamp, head: headOf(id, summary) }]),
  ),
})
const placeIn = (folder: string, more: Partial<HeadsPlace> = {}): HeadsPlace => ({
  folder,
  build: 'one',
  reader: ['https://a.example.com', 'secret key'],
  ...more,
})

test('what is kept is read again by the same reader with the same build, and by no other', () => {
  const folder = tempFolder()
  const kept = known(['a', '-5', 'tab\tand\nline'], ['b', '12'])
  keepHeads(placeIn(folder), 'agents', kept)
  expect(readKnownHeads(placeIn(folder), 'agents')).toEqual(kept)
  const others: [HeadsPlace, string][] = [
    [placeIn(folder), 'templates'],
    [placeIn(folder, { build: 'two' }), 'agents'],
    [placeIn(folder, { reader: ['https://b.example.com', 'secret key'] }), 'agents'],
    [placeIn(folder, { reader: ['https://a.example.com', 'user 1'] }), 'agents'],
    [placeIn(folder, { reader: ['https://a.example.com'] }), 'agents'],
    [placeIn(tempFolder()), 'agents'],
  ]
  for (const [place, kind] of others) expect(readKnownHeads(place, kind)).toBeUndefined()
  const [name] = readdirSync(folder)
  // Publishers alone see drafts and reasons of holds.
  expect(statSync(join(folder, name!)).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, name!), 'utf8')).not.toContain('example.com')
})

test('a file that one reader copied to the name of another is not read', () => {
  const folder = tempFolder()
  const mine = placeIn(folder)
  const theirs = placeIn(folder, { reader: ['https://a.example.com', 'user 2'] })
  keepHeads(mine, 'agents', known(['draft', '1']))
  const [ofMine] = readdirSync(folder)
  keepHeads(theirs, 'agents', known(['live', '1']))
  const ofTheirs = readdirSync(folder).find((name) => name !== ofMine)
  writeFileSync(join(folder, ofTheirs!), readFileSync(join(folder, ofMine!)))
  expect(readKnownHeads(theirs, 'agents')).toBeUndefined()
})

test('a damaged file is not read', () => {
  const folder = tempFolder()
  const place = placeIn(folder)
  const kept = known(['a', '-5'], ['b', '12'])
  keepHeads(place, 'agents', kept)
  const path = join(folder, readdirSync(folder)[0]!)
  const bytes = readFileSync(path)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, by, cut) => {
      const other = Buffer.from(cut ? bytes.subarray(0, at) : bytes)
      if (!cut) other[at] = (other[at] ?? 0) ^ by
      writeFileSync(path, other)
      expect(readKnownHeads(place, 'agents')).toBeUndefined()
    }),
    { numRuns: 200 },
  )
})

test('a folder that cannot be written to changes nothing', () => {
  const folder = tempFolder({ file: '' })
  const place = placeIn(join(folder, 'file'))
  keepHeads(place, 'agents', known(['a', '1']))
  expect(readKnownHeads(place, 'agents')).toBeUndefined()
})

test('heads are merged only if their number and the sum of their stamps are the registry’s', () => {
  const before = known(['a', '5'], ['b', '-7'])
  const answer = { whole: false, heads: [], stamps: {}, count: 2, sum: '-2' }
  expect(mergeHeads(before, answer)).toEqual(before.heads)
  expect(mergeHeads(before, { ...answer, count: 3 })).toBeUndefined()
  expect(mergeHeads(before, { ...answer, sum: '-1' })).toBeUndefined()
  expect(mergeHeads(undefined, answer)).toBeUndefined()
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
