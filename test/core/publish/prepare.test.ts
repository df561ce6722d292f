import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { applyPlan } from '../../../src/core/publish/apply.ts'
import { BATCH, packAhead } from '../../../src/core/publish/prepare.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { PUBLISHED, publishedFrom, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const WHO = { actor: 'ann', force: false }
const planOf = async (tree: WorkingTree, registry = registryOf(), more: object = {}) => {
  const options = { commit: PUBLISHED, publishes: ['agents'], ...more }
  return planPublish(tree, registry, options, SILENT)
}

test('what was packed ahead is sent as it would be without it, and only what storage lacks', async () => {
  const tree = treeOn(agentFiles('alpha'), agentFiles('beta'))
  const [without, ahead] = [registryOf(), registryOf()]
  await applyPlan((await planOf(tree, without)).plan!, tree, without, WHO, SILENT)
  const planned = await planOf(tree, ahead, { applies: true })
  expect(planned.ahead?.stored).toEqual(new Set())
  const stored = () => Promise.reject(new Error('was asked twice'))
  await applyPlan(planned.plan!, tree, { ...ahead, stored }, { ...WHO, ahead: planned.ahead }, SILENT)
  expect(ahead.requests).toEqual(without.requests)
  expect(ahead.calls).toEqual(without.calls)

  const path = `agents/alpha/${planned.plan!.items.find(({ id }) => id === 'alpha')!.digest}.tar.gz`
  const half = registryOf({ stored: new Set([path]) })
  const again = await planOf(tree, half, { applies: true })
  await applyPlan(again.plan!, tree, half, { ...WHO, ahead: again.ahead }, SILENT)
  expect(half.calls.filter((call) => call.startsWith('upload'))).toEqual([
    expect.stringContaining('agents/beta/'),
  ])
})

test('nothing is packed for a plan that sends nothing, or more than may be in memory at once', async () => {
  const tree = treeOn(agentFiles('alpha'))
  const same = registryOf(publishedFrom(tree))
  expect((await planOf(tree, same, { applies: true })).ahead).toBeUndefined()
  const { plan } = await planOf(tree)
  const many = { ...plan!, items: Array(BATCH + 1).fill(plan!.items[0]) }
  expect(await packAhead(many, tree, registryOf())).toBeUndefined()
})

test('a definition that changed since it was compared is a conflict', async () => {
  const tree = treeOn(agentFiles('alpha'))
  const { plan } = await planOf(tree)
  writeFileSync(join(tree.root, 'agents/alpha/prompts/system.md'), 'Changed.\n')
  await expect(packAhead(plan!, tree, registryOf())).rejects.toMatchObject({ code: 'CONFLICT' })
})
