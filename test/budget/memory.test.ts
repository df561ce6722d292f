import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Kind } from '../../src/contract/kind.ts'
import { groupEntries } from '../../src/core/git/git-entries.ts'
import type { GitEntry } from '../../src/core/git/git-entry.ts'
import { wholeListing } from '../../src/core/git/listing.ts'
import { PackedFolders } from '../../src/core/git/packed-folders.ts'
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

/** The bytes of the heap that one definition more keeps. */
function slopeOf(make: (count: number) => unknown): number {
  for (let times = 0; times < WARM_UPS; times++) measureSlope(make)
  return measureSlope(make)
}

function measureSlope(make: (count: number) => unknown): number {
  const held: unknown[] = []
  const after = (count: number) => {
    held.push(make(count))
    for (let times = 0; times < 3; times++) collect()
    return process.memoryUsage().heapUsed
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
