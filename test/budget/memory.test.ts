import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { readInPages, readSince } from '../../src/cloud/registry/head-pages.ts'
import type { Kind } from '../../src/contract/kind.ts'
import { groupEntries } from '../../src/core/git/git-entries.ts'
import type { GitEntry } from '../../src/core/git/git-entry.ts'
import { wholeListing } from '../../src/core/git/listing.ts'
import { PackedFolders } from '../../src/core/git/packed-folders.ts'
import { buildCandidate } from '../../src/core/publish/head-candidate.ts'
import {
  type HeadsPlace,
  keepHeads,
  readKnownHeads,
  type StampedHead,
} from '../../src/core/registry/kept-heads.ts'
import type { Head } from '../../src/core/registry/registry.ts'
import { keepHeapSmall } from '../../src/core/small-heap.ts'
import { BlobTree } from '../../src/core/tree/blob-tree.ts'
import { VerdictCache } from '../../src/core/validate/verdict-cache.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import fc from '../harness/fast-check.ts'
import { tempFolder } from '../import/support/temp-folder.ts'

/** Counts are multiples of it: what grows with a step and not with a definition is left out by the difference. */
const STEP = 2_000
const FILES = ['agent.json', 'mcp.json', 'prompts/system.md', 'prompts/task.md']
const oidOf = (at: number) => at.toString(16).padStart(40, 'a')
const idOf = (at: number) => `memory-agent-${String(at).padStart(6, '0')}`

let collect: () => void
beforeAll(() => {
  setFlagsFromString('--expose-gc')
  collect = runInNewContext('gc') as () => void
})

/** Runs before the one that counts: until then, V8's compiled code is on the heap as well. */
const WARM_UPS = 3

/** The bytes that one definition more keeps, on the heap and beside it. */
function slopeOf(make: (count: number) => unknown): number {
  for (let times = 0; times < WARM_UPS; times++) measureSlope(make)
  return measureSlope(make)
}

function measureSlope(make: (count: number) => unknown): number {
  const held: unknown[] = []
  const after = (count: number) => {
    held.push(make(count))
    for (let times = 0; times < 3; times++) collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const begin = after(1)
  const few = after(STEP)
  const many = after(STEP * 2)
  expect(held).toHaveLength(3)
  return (many - few - (few - begin)) / STEP
}

function* entriesOf(count: number): Generator<GitEntry> {
  for (let at = 0; at < count; at++)
    for (const [nth, file] of FILES.entries())
      yield { path: `agents/${idOf(at)}/${file}`, mode: 'file', oid: oidOf(at * FILES.length + nth) }
}

const group = (count: number) => groupEntries(entriesOf(count), [agents as Kind], 'packages/shared')

describe('what a command keeps of each definition of a large tree', () => {
  test('the files of a commit: less than their names and hashes as objects', () => {
    expect(slopeOf(group)).toBeLessThan(500)
    expect(slopeOf((count) => [...entriesOf(count)])).toBeGreaterThan(1_000)
  })

  test('its files and its folder, without its paths', () => {
    const tree = { root: '/work', shownPath: 'packages/shared', kinds: [agents as Kind] }
    const list = (count: number) => {
      const definitions = wholeListing(group(count))
      const blobs = new BlobTree({ tree, cwd: '/', definitions, committed: definitions.names })
      return [blobs, blobs.list(agents as Kind)]
    }
    expect(slopeOf(list)).toBeLessThan(600)
  })

  test('its verdict, without its description', () => {
    const kinds = [agents as Kind]
    const paths = ['prompts', ...FILES]
    const check = (count: number) => {
      const cache = new VerdictCache({ folder: tempFolder(), root: '/work', build: 'one', kinds })
      for (let at = 0; at < count; at++) {
        const id = idOf(at)
        const folder = { kind: agents as Kind, id, dir: `/work/${id}`, shownPath: `shared/${id}` }
        cache.add(folder, {
          diagnostics: [],
          paths: [...paths],
          answers: new Map(),
          needs: { references: [], demands: [] },
        })
      }
      return cache
    }
    expect(slopeOf(check)).toBeLessThan(500)
  })
})

test('packed entries are the entries that were added, in any order of folders', () => {
  const entry = fc.record({
    path: fc.string({ minLength: 1 }).filter((path) => !path.includes('\0')),
    mode: fc.constantFrom<GitEntry['mode']>('file', 'executable', 'symlink', 'submodule', 'other'),
    oid: fc.constantFrom('', oidOf(1), oidOf(2)),
  })
  const sized = fc.tuple(entry, fc.option(fc.nat(), { nil: undefined }), fc.boolean())
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a/x', 'a/y', 'b/x'), sized)), (added) => {
      const packed = new PackedFolders<GitEntry & { disk?: true }>()
      const plain = new Map<string, GitEntry[]>()
      for (const [name, [one, size, disk]] of added) {
        const whole = {
          ...one,
          ...(size === undefined ? {} : { size }),
          ...(disk ? { disk: true as const } : {}),
        }
        packed.add(name, whole)
        plain.set(name, [...(plain.get(name) ?? []), whole])
      }
      expect(new Map(packed)).toEqual(plain)
      for (const name of plain.keys()) expect(packed.get(name)).toEqual(plain.get(name))
      expect(packed.get('none')).toBeUndefined()
    }),
  )
})

test('the heap is kept small from many definitions on, and then for the rest of the command', () => {
  expect([10, 49_999, 50_000, 10].map(keepHeapSmall)).toEqual([false, false, true, true])
})

/** A head with as much of a description as an agent with six skills has. */
function headOf(at: number): Head {
  const skills = Array.from({ length: 6 }, (_none, nth) => ({
    id: `skill-${nth}`,
    name: `Skill ${nth} of ${at}`,
  }))
  const digest = at.toString(16).padStart(64, 'b')
  const description = {
    name: `Agent ${at}`,
    summary: `Reviews the changes number ${at} to ${at * 7919} of a repository. `.repeat(4),
    owner: '@acme/platform',
    status: 'active',
    tags: ['bench', `group-${at % 20}`],
    provides: skills.map(({ id }) => id),
    facts: { model: 'anthropic/sonnet', skills, mcpServers: ['docs'] },
  }
  const rest = {
    hold: [],
    disabled: null,
    references: [],
    demands: [],
    updatedAt: '2026-01-01T00:00:00.000Z',
  }
  const versions = { state: 'active', version: 1, draftVersion: null, latestVersion: 1 }
  const commit = { sha: oidOf(0), rank: 1 }
  const head = {
    kind: 'agents',
    id: idOf(at),
    ...versions,
    digest,
    liveDigest: digest,
    commit,
    ...rest,
    description,
  }
  // As heads come from a registry, and not with parts in common.
  return JSON.parse(JSON.stringify(head)) as Head
}

describe('the heads of a large registry', () => {
  const MANY = 50_000
  const stamped = (count: number) =>
    new Map(
      Array.from({ length: count }, (_none, at): [string, StampedHead] => [
        idOf(at),
        { stamp: `${at}`, head: headOf(at) },
      ]),
    )

  test('take a third of their memory when they come from the disk, and say the same', () => {
    const places = new Map<number, HeadsPlace>()
    const placeOf = (count: number) => {
      const place = places.get(count) ?? { folder: tempFolder(), build: 'one', reader: ['one'] }
      if (!places.has(count)) keepHeads(place, 'agents', { seq: 1, mark: 'm' }, stamped(count))
      places.set(count, place)
      return place
    }
    const whole = measureSlope(stamped)
    expect(whole).toBeGreaterThan(1_500)
    expect(slopeOf((count) => readKnownHeads(placeOf(count), 'agents', MANY))).toBeLessThan(whole / 3)
    expect(readKnownHeads(placeOf(STEP), 'agents', MANY)).toEqual(stamped(STEP))
  })

  test('are compared as candidates that take little more', () => {
    const heads = Array.from({ length: STEP * 2 }, (_none, at) => headOf(at))
    expect(slopeOf((count) => heads.slice(0, count).map(buildCandidate))).toBeLessThan(100)
    expect(heads.slice(0, 3).map(buildCandidate)).toMatchObject(
      heads.slice(0, 3).map(({ kind, id, digest, description }) => ({ kind, id, digest, description })),
    )
  })

  test('come in pages, and say the same', async () => {
    keepHeapSmall(MANY)
    const all = Array.from({ length: 35 }, (_none, at) => headOf(at))
    const pageAfter = ({ after = '', most = 100 }) => all.filter(({ id }) => id > after).slice(0, most)
    const stamps = Object.fromEntries(all.map(({ id }, at) => [id, `${at}`]))
    const sum = { count: all.length, sum: `${(34 * 35) / 2}` }
    const answer = await readSince(
      async ([asked]) => {
        const whole = asked?.seq === undefined
        const kind = { kind: 'agents', whole, heads: whole ? pageAfter(asked ?? {}) : [], stamps, ...sum }
        return { seq: 1, mark: 'm', kinds: [kind] }
      },
      [{ kind: 'agents' }],
      10,
    )
    expect(answer.kinds).toEqual([{ kind: 'agents', whole: true, heads: all, stamps, ...sum }])
    const ask = async ([asked]: readonly { after?: string; most?: number }[]) => pageAfter(asked ?? {})
    expect(await readInPages({ ask, state: async () => 'same' }, ['agents'], 10)).toEqual(all)
  })
})
