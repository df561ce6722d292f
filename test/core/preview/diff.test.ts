import { expect, test } from 'vitest'
import { diffPreview } from '../../../src/core/preview/diff.ts'
import { headFrom, publishedFrom, registryOf } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

/** A registry with what a tree has, and a preview of it with what another has. */
async function diff(production: ReturnType<typeof treeOn>, preview: ReturnType<typeof treeOn>) {
  const inside = registryOf(publishedFrom(preview), { preview: 'pr-7' })
  return diffPreview(preview.kinds, registryOf(publishedFrom(production)), inside)
}

test('the content of a preview is compared with production as a plan that would publish all of it', async () => {
  const plan = await diff(
    treeOn(agentFiles('changed'), agentFiles('gone'), agentFiles('same')),
    treeOn(agentFiles('changed', {}, 'Other.\n'), agentFiles('new'), agentFiles('same')),
  )
  expect(plan).toMatchObject({ registry: 'the registry', commit: { sha: 'preview pr-7' }, prune: true })
  expect(plan.items.map(({ id, action }) => [id, action])).toEqual([
    ['changed', 'change'],
    ['new', 'add'],
  ])
  expect(plan.missing).toMatchObject([{ id: 'gone' }])
  expect(plan.unchanged).toBe(1)
})

test('a change has its diff and its risks; an addition has risks and no diff', async () => {
  const shell = { permissions: { shell: true } }
  const plan = await diff(
    treeOn(agentFiles('alpha')),
    treeOn(agentFiles('alpha', shell), agentFiles('beta', shell)),
  )
  const [changed, added] = plan.items
  expect(changed?.diff?.fields.map(({ path }) => path)).toContain('permissions')
  expect(changed?.risks.length).toBeGreaterThan(0)
  expect(added?.diff).toBeUndefined()
  expect(added?.risks.length).toBeGreaterThan(0)
})

test('what the preview removed counts as gone, and a draft stays a draft', async () => {
  const tree = treeOn(agentFiles('alpha'), agentFiles('beta', { status: 'draft' }))
  const holdings = publishedFrom(tree)
  const removed = holdings.heads.map((head) =>
    head.id === 'alpha' ? { ...head, state: 'removed' as const } : head,
  )
  const inside = registryOf({ ...holdings, heads: removed })
  const production = registryOf({
    heads: [headFrom(holdings.revisions[0]!)],
    revisions: holdings.revisions.slice(0, 1),
  })
  const plan = await diffPreview(tree.kinds, production, inside)
  expect(plan.missing).toMatchObject([{ id: 'alpha' }])
  expect(plan.items).toMatchObject([{ id: 'beta', action: 'add', draft: true }])
})

test('equal registries have an empty plan, and no revision is read for it', async () => {
  const holdings = publishedFrom(treeOn(agentFiles('alpha')))
  const revisions = () => Promise.reject(new Error('was read'))
  const plan = await diffPreview(
    treeOn(agentFiles('alpha')).kinds,
    registryOf(holdings, { revisions }),
    registryOf(holdings, { revisions }),
  )
  expect(plan).toMatchObject({ items: [], missing: [] })
})
