import { expect, test } from 'vitest'
import type { PlanItem } from '../../../src/core/publish/publish-plan.ts'
import { readBefore } from '../../../src/core/publish/read-before.ts'
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
  const before = await readBefore(items, heads, registry)
  expect([...before].map(([name, { version }]) => `${name} ${version}`)).toEqual([
    'agents/changed 4',
    'agents/over-draft 2',
    'agents/draft 3',
  ])
  expect(calls).toHaveLength(1)
})

test('a plan of new definitions asks for nothing', async () => {
  const { calls, registry } = counting()
  expect(await readBefore([item('new')], [], registry)).toEqual(new Map())
  expect(calls).toEqual([])
})
