import { expect, test } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { describeChanges, listDescribed } from '../../../src/core/publish/describe-changes.ts'
import { MANY_ITEMS } from '../../../src/core/publish/item-texts.ts'
import type { PublishPlan } from '../../../src/core/publish/publish-plan.ts'
import { readBefore } from '../../../src/core/publish/read-before.ts'
import { publishedFrom, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

test('each change gets its own diff, in the order of the parts, also in a plan of very many', async () => {
  const ids = ['alpha', 'beta', 'gamma']
  const before = publishedFrom(treeOn(...ids.map((id) => agentFiles(id))))
  const tree = treeOn(...ids.map((id) => agentFiles(id, {}, `Other ${id}.\n`)))
  const item = (id: string, previousDigest: string | null = 'd') => ({ kind: 'agents', id, previousDigest })
  for (const more of [0, MANY_ITEMS]) {
    const others = Array.from({ length: more }, (_none, at) => item(`new-${at}`, null))
    const plan = { items: [...others, ...ids.map((id) => item(id))] } as unknown as PublishPlan
    const described = listDescribed(plan, tree)
    expect(described.map(({ id }) => id)).toEqual(ids)
    await describeChanges(plan, tree, readBefore(described, before.heads, registryOf(before)), SILENT)
    const patches = described.map(({ diff }) => diff?.files.map(({ patch }) => patch).join())
    for (const [at, id] of ids.entries()) expect(patches[at]).toContain(`+Other ${id}.`)
    expect(others.every((one) => !('diff' in one))).toBe(true)
  }
})
