import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { SILENT } from '../../../src/core/progress.ts'
import { type PublishOptions, planPublish } from '../../../src/core/publish/publish.ts'
import type { Holdings, TestRegistry } from '../support/registry.ts'
import { headFrom, PUBLISHED, publishedFrom, registryOf, revisionFrom } from '../support/registry.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

type Trees = ReturnType<typeof treeOn>
const planned = (tree: Trees, registry: TestRegistry, more: Partial<PublishOptions> = {}) =>
  planPublish(tree, registry, { commit: PUBLISHED, publishes: ['agents'], ...more }, SILENT)
const published = (...definitions: Parameters<typeof treeOn>): Holdings =>
  publishedFrom(treeOn(...definitions))

describe('planning a publish', () => {
  test('compares the tree with the registry and writes nothing there', async () => {
    const registry = registryOf(published(agentFiles('changed'), agentFiles('gone'), agentFiles('same')))
    const tree = treeOn(agentFiles('changed', {}, 'Other.\n'), agentFiles('new'), agentFiles('same'))
    const { plan, diagnostics, candidates } = await planned(tree, registry)
    expect(plan).toMatchObject({
      nofxPlan: 1,
      registry: 'the registry',
      commit: PUBLISHED,
      missing: [{ id: 'gone' }],
      prune: false,
      unchanged: 1,
      published: 3,
    })
    expect(plan?.items.map(({ id, action }) => `${action} ${id}`).sort()).toEqual([
      'add new',
      'change changed',
    ])
    expect(diagnostics).toEqual([])
    expect(candidates.map(({ id }) => id).sort()).toEqual(['changed', 'new', 'same'])
    expect(registry.calls).toEqual([])
  })

  test('ends after the comparison of the working tree, whose failure comes first', async () => {
    const tree = treeOn(agentFiles('alpha'))
    const done: string[] = []
    const compared = sleep(20).then(() => void done.push('compared'))
    await planned(tree, registryOf({}), { compared }).then(() => done.push('planned'))
    expect(done).toEqual(['compared', 'planned'])
    const dirty = () => sleep(20).then(() => Promise.reject(new Error('the tree is dirty')))
    const lost = registryOf({}, { heads: () => Promise.reject(new Error('the registry is lost')) })
    for (const registry of [registryOf({}), lost])
      await expect(planned(tree, registry, { compared: dirty() })).rejects.toThrow('the tree is dirty')
    await expect(planned(tree, lost, { compared: Promise.resolve() })).rejects.toThrow('the registry is lost')
  })

  test('is the same plan each time', async () => {
    const holdings = published(agentFiles('alpha'), agentFiles('beta'))
    const tree = treeOn(agentFiles('alpha', {}, 'Other.\n'), agentFiles('gamma'))
    expect(await planned(tree, registryOf(holdings))).toEqual(await planned(tree, registryOf(holdings)))
  })

  test('shows of a change the diff against the newest content, and its risks', async () => {
    const tree = treeOn(agentFiles('alpha', { owner: '@acme/other' }, 'Other.\n'))
    const { plan } = await planned(tree, registryOf(published(agentFiles('alpha'))))
    expect(plan?.items[0]?.diff).toMatchObject({
      fields: [{ path: 'owner', before: '@acme/tools', after: '@acme/other' }],
      files: expect.arrayContaining([
        expect.objectContaining({ path: 'prompts/system.md', change: 'changed' }),
      ]),
    })
  })

  test('compares content that goes live over a draft with what readers see', async () => {
    const live = revisionFrom(treeOn(agentFiles('alpha', {}, 'Live.\n')), 'alpha')
    const draft = revisionFrom(treeOn(agentFiles('alpha', { status: 'draft' }, 'Draft.\n')), 'alpha', {
      version: 2,
    })
    const head = { ...headFrom(live), digest: draft.digest, draftVersion: 2, latestVersion: 2 }
    const registry = registryOf({ heads: [head], revisions: [live, draft] })
    const { plan } = await planned(treeOn(agentFiles('alpha', {}, 'New.\n')), registry)
    expect(plan?.items).toMatchObject([{ action: 'change', liveVersion: 1, expectedVersion: 2 }])
    expect(plan?.items[0]?.diff?.files.find(({ path }) => path === 'prompts/system.md')?.patch).toContain(
      '-Live.',
    )
  })

  test('has findings and no plan when a definition has an error', async () => {
    const { plan, diagnostics } = await planned(
      treeOn(agentFiles('alpha', { owner: 7 }), agentFiles('beta')),
      registryOf(),
    )
    expect(plan).toBeUndefined()
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  })

  test('with --only plans what is named, and misses nothing else', async () => {
    const registry = registryOf(published(agentFiles('gone'), agentFiles('also-gone')))
    const tree = treeOn(agentFiles('alpha'), agentFiles('beta'))
    const { plan } = await planned(tree, registry, { only: ['alpha', 'gone'] })
    expect(plan).toMatchObject({
      items: [{ id: 'alpha', action: 'add' }],
      missing: [{ id: 'gone' }],
      published: 1,
    })
  })

  test('makes drafts of all that changed when it is asked to', async () => {
    const { plan } = await planned(treeOn(agentFiles('alpha')), registryOf(), { draft: true })
    expect(plan).toMatchObject({ draft: true, items: [{ action: 'add', draft: true }] })
  })

  test('outside of git is marked as dirty, and is never older than the registry', async () => {
    const registry = registryOf(published(agentFiles('alpha')))
    const { plan } = await planned(treeOn(agentFiles('alpha', {}, 'Other.\n')), registry, {
      commit: undefined,
    })
    expect(plan).toMatchObject({
      commit: { sha: 'uncommitted', rank: PUBLISHED.rank, dirty: true },
      items: [{ action: 'change' }],
    })
  })

  test('from an older commit moves nothing', async () => {
    const registry = registryOf(published(agentFiles('alpha')))
    const commit = { ...PUBLISHED, sha: 'b'.repeat(40), rank: PUBLISHED.rank - 1 }
    const { plan } = await planned(treeOn(agentFiles('alpha', {}, 'Older.\n')), registry, { commit })
    const [older, newer] = [commit, PUBLISHED].map(
      ({ sha, rank }) => `commit ${sha.slice(0, 12)} (rank ${rank})`,
    )
    const note = `${older} is older than the published ${newer}`
    expect(plan?.items).toMatchObject([{ action: 'stale', note }])
  })
})

describe('a publish is refused', () => {
  test('when there are no definitions, neither here nor in the registry', async () => {
    await expect(planned(treeOn({}), registryOf())).rejects.toMatchObject({
      code: 'NO_DEFINITIONS',
      message: 'there are no agents in packages/shared',
      hint: 'make one: nofx new agent <id>, or import those of Claude Code: nofx import claude <folder>',
    })
  })

  test('when --only names what neither side has', async () => {
    await expect(
      planned(treeOn(agentFiles('alpha')), registryOf(), { only: ['alpha', 'nope'] }),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: '"nope" is neither in packages/shared nor in the registry',
      hint: 'see: nofx registry list',
    })
  })

  test.each(['v1', '1', '1.2.0'])(
    'when it names the version %s, because a publish chooses none',
    async (version) => {
      const only = [`agents/${version}`]
      await expect(planned(treeOn(agentFiles('alpha')), registryOf(), { only })).rejects.toMatchObject({
        code: 'NOT_FOUND',
        hint: `leave out "${version}", because the registry numbers versions; to go back: nofx registry rollback agents/<id> --to <version> --reason "<why>"`,
      })
    },
  )

  test('but not when the tree is empty and the registry has what a prune would remove', async () => {
    const { plan } = await planned(treeOn({}), registryOf(published(agentFiles('alpha'))), { prune: true })
    expect(plan).toMatchObject({ items: [], missing: [{ id: 'alpha' }], prune: true })
  })
})
