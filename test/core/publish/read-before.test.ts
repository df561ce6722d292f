import { expect, test } from 'vitest'
import type { PlanItem } from '../../../src/core/publish/publish-plan.ts'
import { type PlanPart, REVISIONS_IN_PART, readBefore } from '../../../src/core/publish/read-before.ts'
import type { Head, VersionName } from '../../../src/core/registry/registry.ts'
import type { Revision } from '../../../src/core/registry/revision.ts'

const item = (id: string, more: Partial<PlanItem> = {}) => ({ kind: 'agents', id, ...more }) as PlanItem
const head = (id: string, latestVersion: number, state = 'active') =>
  ({ kind: 'agents', id, latestVersion, state }) as Head

/** A registry that has every version, and remembers what it was asked for. */
function counting() {
  const calls: (readonly VersionName[])[] = []
  const revisions = async (names: readonly VersionName[]) => {
    calls.push(names)
    return names.map((name) => ({ ...name }) as Revision)
  }
  return { calls, registry: { revisions } }
}

async function collect(parts: AsyncIterable<PlanPart>): Promise<PlanPart[]> {
  const all: PlanPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

test('all versions are read at once: the newest, or the live one where a definition goes live over a draft', async () => {
  const { calls, registry } = counting()
  const items = [
    item('new'),
    item('changed'),
    item('removed'),
    item('over-draft', { liveVersion: 2 }),
    item('draft', { draft: true, liveVersion: 2 }),
  ]
  const heads = [head('changed', 4), head('removed', 5, 'removed'), head('over-draft', 3), head('draft', 3)]
  const [part] = await collect(readBefore(items, heads, registry))
  expect([...(part?.revisions ?? [])].map(([name, { version }]) => `${name} ${version}`)).toEqual([
    'agents/changed 4',
    'agents/over-draft 2',
    'agents/draft 3',
  ])
  expect(calls).toHaveLength(1)
})

test('a plan of new definitions asks for nothing', async () => {
  const { calls, registry } = counting()
  const parts = await collect(readBefore([item('new')], [], registry))
  expect(parts).toEqual([{ items: [item('new')], revisions: new Map() }])
  expect(calls).toEqual([])
})

test('of many definitions, no more than two parts are in memory, and each has what belongs to it', async () => {
  const { calls, registry } = counting()
  const ids = Array.from({ length: 2 * REVISIONS_IN_PART + 1 }, (_none, at) => `agent-${at}`)
  const items = ids.map((id) => item(id))
  const parts = readBefore(
    items,
    ids.map((id, at) => head(id, at + 1)),
    registry,
  )
  // Asked for while the caller does something else.
  expect(calls).toHaveLength(1)
  const seen: PlanItem[] = []
  let taken = 0
  for await (const part of parts) {
    taken += 1
    expect(calls.length).toBeLessThanOrEqual(taken + 1)
    expect(part.items.length).toBeLessThanOrEqual(REVISIONS_IN_PART)
    for (const one of part.items) {
      expect(part.revisions.get(`agents/${one.id}`)?.version).toBe(ids.indexOf(one.id) + 1)
      seen.push(one)
    }
  }
  expect(seen).toEqual(items)
  expect(calls.map(({ length }) => length)).toEqual([REVISIONS_IN_PART, REVISIONS_IN_PART, 1])
})

test('the failure of a part reaches who takes it', async () => {
  const failing = { revisions: () => Promise.reject(new Error('gone')) }
  await expect(collect(readBefore([item('a')], [head('a', 1)], failing))).rejects.toThrow('gone')
})
