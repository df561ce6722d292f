import { describe, expect, test } from 'vitest'
import { planInside, planPreview } from '../../../src/core/preview/plan-preview.ts'
import { SILENT } from '../../../src/core/progress.ts'
import type { PublishCandidate } from '../../../src/core/publish/publish-plan.ts'
import { headFrom, PUBLISHED, publishedFrom, registryOf, revisionFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

const OLD = { ...PUBLISHED, sha: 'b'.repeat(40), rank: 3 }

describe('the plan of a preview against production', () => {
  test('shows a change of a branch that is behind production, and names the commit of the branch', async () => {
    const holdings = publishedFrom(treeOn(agentFiles('one')))
    const tree = treeOn(agentFiles('one', {}, 'You work on a branch.\n'))
    const options = { commit: OLD, publishes: ['agents'] }
    const { plan } = await planPreview(tree, registryOf(holdings), options, SILENT)
    expect(plan).toMatchObject({ commit: OLD, items: [{ action: 'change', id: 'one' }] })
  })

  test('has findings and no plan for a tree with an error', async () => {
    const tree = treeOn(agentFiles('one', { owner: 7 }))
    const planned = await planPreview(tree, registryOf(), { commit: OLD, publishes: ['agents'] }, SILENT)
    expect(planned.plan).toBeUndefined()
    expect(planned.diagnostics).toMatchObject([{ severity: 'error', id: 'one' }])
  })

  test('is the plan of a publish outside of git', async () => {
    const tree = treeOn(agentFiles('one'))
    const { plan } = await planPreview(
      tree,
      registryOf(),
      { commit: undefined, publishes: ['agents'] },
      SILENT,
    )
    expect(plan).toMatchObject({ commit: { sha: 'uncommitted', dirty: true }, items: [{ action: 'add' }] })
  })
})

describe('the plan inside of a preview', () => {
  const tree = () => treeOn(agentFiles('one'), agentFiles('two'), agentFiles('old', { version: '1.0.0' }))
  const headsOf = (...ids: string[]) => {
    const made = tree()
    return ids.map((id) => headFrom(revisionFrom(made, id)))
  }
  const candidatesOf = (...ids: string[]): PublishCandidate[] =>
    headsOf(...ids).map(({ kind, id, digest, description }) => ({
      kind,
      id,
      digest,
      description,
    }))
  const inside = (
    held: string[],
    production: string[],
    more: { prune?: boolean; publishes?: string[] } = {},
  ) =>
    planInside(
      tree(),
      registryOf({ heads: headsOf(...production) }),
      registryOf({ heads: headsOf(...held) }, { label: 'the preview' }),
      { candidates: candidatesOf('one'), publishes: ['agents'], commit: OLD, prune: false, ...more },
    )

  test('adds what the preview lacks, for the registry and the commit of the preview', async () => {
    expect(await inside([], ['one'])).toMatchObject({
      registry: 'the preview',
      commit: OLD,
      items: [{ id: 'one', action: 'add', expectedVersion: 0 }],
      missing: [],
    })
  })

  test('removes what an earlier run left and neither the tree nor production has', async () => {
    const plan = await inside(['one', 'two'], [])
    expect(plan).toMatchObject({ items: [], missing: [{ id: 'two' }], prune: true })
  })

  test('keeps what production has and the tree lacks, unless it prunes', async () => {
    expect(await inside(['one', 'two'], ['two'])).toMatchObject({ missing: [], prune: false })
    expect(await inside(['one', 'two'], ['two'], { prune: true })).toMatchObject({
      missing: [{ id: 'two' }],
      prune: true,
    })
  })

  test('misses nothing of a kind that is not published', async () => {
    expect(await inside(['one', 'two'], [], { publishes: ['templates'] })).toMatchObject({ missing: [] })
  })

  test('tries a version again with other content, which production would refuse', async () => {
    const [own] = headsOf('old')
    const candidate = { kind: 'agents', id: 'old', digest: 'f'.repeat(64), description: own!.description }
    const registries = [registryOf(), registryOf({ heads: [own!] })] as const
    const plan = await planInside(tree(), ...registries, {
      candidates: [candidate],
      publishes: ['agents'],
      commit: { ...OLD, rank: PUBLISHED.rank },
      prune: false,
    })
    expect(plan.items).toMatchObject([{ id: 'old', action: 'change' }])
  })
})
