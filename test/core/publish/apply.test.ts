import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentHash } from '../../../src/contract/digest.ts'
import type { CommitRequest, StageRequest } from '../../../src/contract/protocol/sync.ts'
import { SILENT, type StageEvent } from '../../../src/core/progress.ts'
import { applyPlan } from '../../../src/core/publish/apply.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import type { PublishPlan } from '../../../src/core/publish/publish-plan.ts'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { PUBLISHED, publishedFrom, RELEASED, registryOf } from '../support/registry.ts'
import { agentFiles, fileOf, treeOn } from '../support/tree.ts'

const WHO = { actor: 'ann', reason: 'why', force: false }

async function planOf(tree: WorkingTree, registry = registryOf(), more: object = {}): Promise<PublishPlan> {
  const options = { commit: PUBLISHED, publishes: ['agents'], ...more }
  const { plan, diagnostics } = await planPublish(tree, registry, options, SILENT)
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return plan!
}

const three = () =>
  treeOn(agentFiles('alpha'), agentFiles('beta'), agentFiles('gamma'), fileOf('alpha', 'assets/x.bin', '\0'))

describe('applying a plan', () => {
  test('uploads bundles, stages the definitions, and commits them last as one release', async () => {
    const tree = three()
    const registry = registryOf()
    const plan = await planOf(tree)
    expect(await applyPlan(plan, tree, registry, WHO, SILENT)).toEqual(RELEASED)
    const verbs = registry.calls.map((call) => call.split(' ')[0])
    expect(verbs).toEqual(['upload', 'upload', 'upload', 'stage', 'commit'])
    const [stage, commit] = registry.requests as [StageRequest, CommitRequest]
    expect(stage.items.map(({ id, digest }) => [id, digest])).toEqual(
      plan.items.map(({ id, digest }) => [id, digest]),
    )
    expect(commit).toEqual({
      action: 'commit',
      key: stage.key,
      ...WHO,
      commit: PUBLISHED,
      parts: 1,
      content: contentHash(plan.items),
      removals: [],
      unhold: false,
    })
  })

  test('sends texts with their definition, and of an asset only the hash', async () => {
    const tree = three()
    const registry = registryOf()
    await applyPlan(await planOf(tree), tree, registry, WHO, SILENT)
    const [stage] = registry.requests as [StageRequest]
    const texts = Object.fromEntries(stage.items[0]!.files.map(({ path, text }) => [path, typeof text]))
    expect(texts).toEqual({
      'agent.json': 'string',
      'assets/x.bin': 'undefined',
      'prompts/system.md': 'string',
    })
  })

  test('uploads nothing that storage has', async () => {
    const tree = three()
    const registry = registryOf({ stored: publishedFrom(tree).stored })
    await applyPlan(await planOf(tree), tree, registry, WHO, SILENT)
    expect(registry.calls).toEqual(['stage agents', 'commit agents'])
  })

  test('calls nothing for a plan that moves nothing', async () => {
    const tree = three()
    const holdings = publishedFrom(tree)
    const registry = registryOf(holdings)
    const result = await applyPlan(await planOf(tree, registryOf(holdings)), tree, registry, WHO, SILENT)
    expect(result).toEqual({ releaseId: null, replayed: false, dryRun: false, seq: 0, outcomes: [] })
    expect(registry.calls).toEqual([])
  })

  test('removes what is missing only with a plan that prunes, without the names that are for people', async () => {
    const holdings = publishedFrom(three())
    const tree = treeOn(agentFiles('alpha', {}, 'Other.\n'))
    const sent = async (prune: boolean) => {
      const registry = registryOf(holdings)
      await applyPlan(await planOf(tree, registryOf(holdings), { prune }), tree, registry, WHO, SILENT)
      return (registry.requests.at(-1) as CommitRequest).removals
    }
    expect(await sent(false)).toEqual([])
    expect(await sent(true)).toEqual([
      { kind: 'agents', id: 'beta', expectedVersion: 1 },
      { kind: 'agents', id: 'gamma', expectedVersion: 1 },
    ])
  })

  test('reports its progress in order, up to all that there is', async () => {
    const tree = three()
    const events: StageEvent[] = []
    const watch = { ...SILENT, emit: (event: StageEvent) => events.push(event) }
    await applyPlan(await planOf(tree), tree, registryOf(), WHO, watch)
    expect(events.map(({ stage, state, done }) => `${stage} ${state} ${done}`)).toEqual([
      'upload started 0',
      'upload advanced 3',
      'upload done 3',
      'sync done 3',
    ])
  })
})

describe('the key of a publish', () => {
  const keyOf = async (plan: PublishPlan, tree: WorkingTree, who: object = WHO) => {
    const registry = registryOf()
    await applyPlan(plan, tree, registry, { ...WHO, ...who }, SILENT)
    return registry.requests.map(({ key }) => key)
  }

  test('is made of the plan, so applying the plan again asks for the same answer', async () => {
    const tree = three()
    const plan = await planOf(tree)
    const keys = await keyOf(plan, tree)
    expect(new Set(keys)).toEqual(new Set([expect.stringMatching(/^publish-[0-9a-f]{64}$/)]))
    expect(await keyOf(JSON.parse(JSON.stringify(plan)), tree)).toEqual(keys)
  })

  test.each<[string, (plan: PublishPlan) => PublishPlan, object]>([
    ['another commit', (plan) => ({ ...plan, commit: { ...plan.commit, sha: 'e'.repeat(40) } }), {}],
    ['another actor', (plan) => plan, { actor: 'bob' }],
    ['another reason', (plan) => plan, { reason: 'other' }],
    ['force', (plan) => plan, { force: true }],
    ['unhold', (plan) => ({ ...plan, unhold: true }), {}],
    ['drafts', (plan) => ({ ...plan, draft: true }), {}],
    ['fewer definitions', (plan) => ({ ...plan, items: plan.items.slice(1) }), {}],
    [
      'another version that is expected',
      (plan) => ({ ...plan, items: plan.items.map((item) => ({ ...item, expectedVersion: 4 })) }),
      {},
    ],
  ])('is another one for a plan with %s', async (_what, edit, who) => {
    const tree = three()
    const plan = await planOf(tree)
    const [key] = await keyOf(plan, tree)
    expect((await keyOf(edit(plan), tree, who))[0]).not.toBe(key)
  })

  test('is the one that the caller gives, if the caller gives one', async () => {
    const tree = three()
    expect(new Set(await keyOf(await planOf(tree), tree, { key: 'my-own-key' }))).toEqual(
      new Set(['my-own-key']),
    )
  })
})

describe('a plan that does not fit is refused, and nothing is committed:', () => {
  test('one that was made for another registry', async () => {
    const tree = three()
    const registry = registryOf({}, { label: 'another registry' })
    await expect(applyPlan(await planOf(tree), tree, registry, WHO, SILENT)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'the plan was made for the registry, this is another registry',
      hint: 'plan again for this registry',
    })
    expect(registry.calls).toEqual([])
  })

  test('one with a kind whose plugin is not here', async () => {
    const tree = three()
    const plan = await planOf(tree)
    const items = [{ ...plan.items[0]!, kind: 'evals' }]
    const registry = registryOf()
    await expect(applyPlan({ ...plan, items }, tree, registry, WHO, SILENT)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'the plan has evals/alpha, but the kind "evals" does not exist here',
    })
    expect(registry.calls).toEqual([])
  })

  test.each([
    ['a definition that changed since', '{'],
    ['a definition that is still valid and has other content', JSON.stringify({ changed: true })],
  ])('%s', async (_what, text) => {
    const tree = three()
    const plan = await planOf(tree)
    writeFileSync(join(tree.root, 'agents/beta/agent.json'), text)
    const registry = registryOf()
    await expect(applyPlan(plan, tree, registry, WHO, SILENT)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'packages/shared/agents/beta has changed since the plan was made',
      hint: 'plan again',
    })
    expect(registry.calls).toEqual([])
  })

  test('one that the registry refuses, in the words of the registry', async () => {
    const tree = three()
    const error = { code: 'STALE', message: 'the registry holds a newer commit', hint: 'publish that one' }
    const registry = registryOf({}, { sync: async () => ({ ok: false, error }) })
    await expect(applyPlan(await planOf(tree), tree, registry, WHO, SILENT)).rejects.toMatchObject(error)
  })

  test('one that is aborted before its commit', async () => {
    const tree = three()
    const stop = new AbortController()
    const registry = registryOf()
    const emit = ({ state }: StageEvent) => {
      if (state === 'advanced') stop.abort(new Error('Ctrl-C'))
    }
    await expect(
      applyPlan(await planOf(tree), tree, registry, WHO, { emit, signal: stop.signal }),
    ).rejects.toThrow('Ctrl-C')
    expect(registry.calls.at(-1)).toBe('stage agents')
  })
})
