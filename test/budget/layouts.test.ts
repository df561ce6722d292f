import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { SILENT } from '../../src/core/progress.ts'
import { collectCandidates } from '../../src/core/publish/candidates.ts'
import { ItemTexts, MANY_ITEMS } from '../../src/core/publish/item-texts.ts'
import { comparePlan, type PlanItem } from '../../src/core/publish/publish-plan.ts'
import { registryOf } from '../core/support/registry.ts'
import { agentFiles, treeOn } from '../core/support/tree.ts'

/** Whether V8 has one layout for two objects. A layout for each of 100,000 objects takes more than the objects. */
let haveSameLayout: (one: object, other: object) => boolean
beforeAll(() => {
  setFlagsFromString('--allow-natives-syntax')
  haveSameLayout = runInNewContext('(one, other) => %HaveSameMap(one, other)') as typeof haveSameLayout
})

const IDS = Array.from({ length: 30 }, (_none, at) => `agent-${at}`)

/** How many layouts there are. */
function countLayouts(all: readonly object[]): number {
  const different: object[] = []
  for (const one of all) if (!different.some((other) => haveSameLayout(one, other))) different.push(one)
  return different.length
}

test('the definitions of a plan have one layout, before and after they are described', async () => {
  const tree = treeOn(...IDS.map((id) => agentFiles(id)))
  const registry = registryOf({})
  const { candidates } = await collectCandidates(tree, registry, () => true, SILENT)
  expect(candidates).toHaveLength(IDS.length)
  expect(countLayouts(candidates)).toBe(1)
  const commit = { sha: 'a'.repeat(40), rank: 1, dirty: false }
  const options = { registry: 'x', commit, prune: false, unhold: false, covers: () => true }
  const { items } = comparePlan(candidates, [], options)
  expect(countLayouts(items)).toBe(1)
  const texts = new ItemTexts(MANY_ITEMS)
  const plain = items.map((item): PlanItem => ({ ...item, ...describe(item) }))
  for (const item of items) texts.describe(item, describe(item))
  expect(countLayouts(items)).toBe(1)
  expect(items).toEqual(plain)
  expect(JSON.stringify(items)).toBe(JSON.stringify(plain))
  expect({ ...items[7] }).toEqual(plain[7])
  // Risks that several have are one list.
  expect(new Set(items.map(({ risks }) => risks)).size).toBe(2)
})

function describe({ id }: PlanItem): Required<Pick<PlanItem, 'diff' | 'risks'>> {
  const isOdd = Number(id.at(-1)) % 2 === 1
  const fields = isOdd ? [{ path: `skills[${id}]`, before: null }] : []
  const patch = `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-é\t${id}\n+"\n`
  const files = [{ path: 'x', change: 'changed' as const, sizes: [1, 2] as [number, number], patch }]
  const risk = { id: 'r', level: 'high' as const, message: isOdd ? 'odd' : 'even', field: 'x' }
  return { diff: { fields, files }, risks: [risk] }
}
