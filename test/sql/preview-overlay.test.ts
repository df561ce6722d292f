import { expect, test } from 'vitest'
import { checkInvariants, checkPreview } from '../harness/invariants.ts'
import { onBothEngines } from './support/engines.ts'
import { instantiate, lockOf, PLAN, request } from './support/instantiation-under-test.ts'
import { leftOf, PreviewUnderTest, previews, raised, schemaOf } from './support/preview-under-test.ts'
import {
  digestFor,
  everythingStored,
  fresh,
  RegistryUnderTest,
  refusalOf,
  requires,
  shaOf,
} from './support/registry-under-test.ts'

/** A registry with a, b and c live, and a preview of it. */
async function withPreview(db: Parameters<typeof raised>[0], kind?: string) {
  const registry = new RegistryUnderTest(db, kind)
  await registry.publish([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { rank: 9 })
  const preview = await raised(db, fresh('pr'), registry.kind)
  return { registry, preview }
}

onBothEngines('a preview', (db) => {
  test('is made once, is prolonged if it is made again, and leaves nothing when it is removed', async () => {
    const { up, list, down, close, objects, empty } = previews(db())
    const wanted = { origin: 'owner/repo#refs/pull/1/merge', commit: 'c1', ttlHours: 1 }
    const made = await up('pr-1', wanted)
    expect(made).toMatchObject({ name: 'pr-1', created: true, origin: wanted.origin, state: 'open' })
    expect(Date.parse(made.expiresAt) - Date.parse(String(made.createdAt))).toBe(3_600_000)
    const again = await up('pr-1', { ...wanted, actor: 'bob', commit: 'c2', ttlHours: 2 })
    expect(again).toMatchObject({ created: false, actor: 'bob', commit: 'c2', createdAt: made.createdAt })
    expect(again.expiresAt > made.expiresAt).toBe(true)
    expect((await up('pr-1', wanted)).expiresAt).toBe(again.expiresAt)
    expect(await list()).toMatchObject([{ name: 'pr-1', expired: false, changes: 0 }])
    const preview = new PreviewUnderTest(db(), 'pr-1')
    await preview.publish([{ id: 'a' }])
    const before = await everythingStored(db().query)
    expect(await objects('pr-1')).toEqual([expect.stringMatching(/^preview-pr-1\/kind-.*\/a\/.*\.tar\.gz$/)])
    expect(await refusalOf(db(), () => down('pr-1'))).toMatchObject({
      sqlstate: 'PT409',
      code: 'CONFLICT',
      detail: { preview: 'pr-1', objects: 1 },
    })
    expect(await close('pr-1')).toEqual({ name: 'pr-1', closed: true })
    await expect(preview.publish([{ id: 'b' }])).rejects.toMatchObject({ code: 'PT404' })
    await expect(up('pr-1', wanted)).rejects.toMatchObject({ code: 'PT409' })
    await empty('pr-1')
    expect(await down('pr-1')).toEqual({ name: 'pr-1', removed: true })
    expect(await down('pr-1')).toEqual({ name: 'pr-1', removed: false })
    expect(await leftOf(db().query)).toEqual({ schemas: 0, rows: 0, functions: 0, objects: 0 })
    expect(await everythingStored(db().query)).toBe(before)
  })

  test('shows production plus its own publishes, and production does not change', async () => {
    const { registry, preview } = await withPreview(db())
    expect(await preview.head('a')).toEqual({ ...(await registry.head('a')), commitRank: 0 })
    const before = await everythingStored(db().query)
    const first = await preview.publish(
      [
        { id: 'a', text: '2', expected: 1 },
        { id: 'n', refs: [requires('c', registry.kind)] },
        { id: 'c', expected: 1 },
      ],
      { removals: [{ id: 'b', expectedVersion: 1 }], force: true, rank: 3 },
    )
    expect(first.outcomes.map((one) => [one.id, one.outcome, one.version])).toEqual([
      ['a', 'updated', 2],
      ['b', 'removed', 2],
      ['c', 'unchanged', 1],
      ['n', 'added', 1],
    ])
    expect(await everythingStored(db().query)).toBe(before)
    expect(await preview.versions('a')).toEqual(['1 active 1', '2 active 2'])
    expect(await preview.head('b')).toMatchObject({ state: 'removed', latestVersion: 2 })
    expect(await preview.events()).toEqual(['updated public a 2', 'removed public b 2', 'added public n 1'])
    expect(await preview.rows('agent_registry', preview.kind)).toEqual([])
    const production = { version: 1, state: 'active' }
    expect(await preview.changes()).toEqual([
      {
        kind: preview.kind,
        id: 'a',
        preview: { version: 2, state: 'active', digest: digestFor({ id: 'a', text: '2' }) },
        production: { ...production, digest: digestFor({ id: 'a' }) },
      },
      {
        kind: preview.kind,
        id: 'b',
        preview: { version: 2, state: 'removed', digest: digestFor({ id: 'b' }) },
        production: { ...production, digest: digestFor({ id: 'b' }) },
      },
      {
        kind: preview.kind,
        id: 'n',
        preview: { version: 1, state: 'active', digest: digestFor({ id: 'n' }) },
        production: null,
      },
    ])
    const listed = await previews(db()).list()
    expect(listed.find((one) => one.name === preview.name)).toMatchObject({ changes: 3, state: 'open' })
    expect(await checkPreview(db(), schemaOf(preview.name))).toEqual([])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('supports the whole life of a definition: draft, promote, rollback, undelete, refusal', async () => {
    const { preview } = await withPreview(db())
    const before = await everythingStored(db().query)
    await preview.publish([{ id: 'a', text: '2', state: 'draft', expected: 1 }])
    expect(await preview.head('a')).toMatchObject({ version: 1, draftVersion: 2, state: 'active' })
    const promoted = await preview.promote('a', { expectedVersion: 2 })
    await preview.rollback({ release: promoted.releaseId })
    expect(await preview.head('a')).toMatchObject({ version: 4, digest: digestFor({ id: 'a' }) })
    await preview.publish([], { removals: [{ id: 'c', expectedVersion: 1 }] })
    await preview.undelete('c')
    await preview.to('c', 1, { expectedVersion: 3, dryRun: true }).catch(() => undefined)
    expect(await preview.versions('c')).toEqual(['1 active 1', '2 removed 1', '3 active 1'])
    await preview.call('registry_report', {
      key: 'k',
      singular: 'x',
      findings: [{ kind: preview.kind, id: 'a' }],
    })
    expect(await preview.rows('registry_validation_reports')).toHaveLength(6)
    // Equal to production again, so that a merge would change nothing.
    expect(await preview.changes()).toEqual([])
    expect(await checkPreview(db(), schemaOf(preview.name))).toEqual([])
    expect(await everythingStored(db().query)).toBe(before)
  })

  test('follows production for definitions that it never changed, and keeps its own changes', async () => {
    const { registry, preview } = await withPreview(db())
    await preview.publish([{ id: 'a', text: 'mine', expected: 1 }])
    await registry.publish(
      [
        { id: 'a', text: 'theirs', expected: 1 },
        { id: 'b', text: 'theirs', expected: 1 },
      ],
      { rank: 10 },
    )
    expect(await preview.versions('a')).toEqual(['1 active 1', '2 active mine'])
    expect(await preview.versions('b')).toEqual(['1 active 1', '2 active theirs'])
    expect(await preview.head('b')).toMatchObject({ version: 2, commitRank: 0 })
    expect(await checkPreview(db(), schemaOf(preview.name))).toEqual([])
  })

  test('treats no branch as stale, however far behind or force-pushed, and shows what production holds', async () => {
    const { registry, preview } = await withPreview(db())
    await registry.publish([{ id: 'a', text: 'bad', expected: 1 }], { rank: 10 })
    await registry.to('a', 1)
    await preview.publish([{ id: 'b', text: '2', expected: 1 }], { rank: 5 })
    const forced = await preview.publish([{ id: 'b', text: '3', expected: 2 }], { rank: 2 })
    expect(forced.outcomes).toMatchObject([{ outcome: 'updated', version: 3 }])
    const held = await preview.publish([{ id: 'a', text: 'bad', expected: 3 }])
    expect(held.outcomes).toMatchObject([{ outcome: 'held' }])
    expect(await checkPreview(db(), schemaOf(preview.name))).toEqual([])
  })

  test('locks plans to what is live in it, and keeps them', async () => {
    const agents = await withPreview(db(), 'agents')
    const templates = new PreviewUnderTest(db(), agents.preview.name, 'templates')
    const before = await everythingStored(db().query)
    await templates.publish([{ ...PLAN, manifest: { rollbackAdvice: 'back' } }])
    await agents.preview.publish([{ id: 'a', text: '2', expected: 1 }])
    const locks = [lockOf(agents.preview, { id: 'a', text: '2' }, 2), lockOf(agents.registry, { id: 'b' })]
    const plan = await instantiate(templates, request(templates, { locks }))
    expect(await templates.rows('template_instantiations')).toMatchObject([{ plan_id: plan.planId }])
    const stale = request(templates, { locks: [lockOf(agents.registry, { id: 'a' })] })
    await expect(instantiate(templates, stale)).rejects.toMatchObject({ code: 'PT409' })
    expect(await templates.rows('template_registry')).toMatchObject([
      { template_id: 'plan', rollback_advice: 'back' },
    ])
    expect(await agents.preview.rows('agent_registry', 'agents', 'a')).toMatchObject([
      { agent_id: 'a', version: 2 },
    ])
    expect(await everythingStored(db().query)).toBe(before)
    expect(await checkPreview(db(), schemaOf(agents.preview.name))).toEqual([])
  })

  test('starts its feed above every earlier preview of its name, so that a follower reads everything again', async () => {
    const { preview } = await withPreview(db())
    const { cursor } = await preview.call<{ cursor: number }>('registry_events_since', null, 10)
    await preview.publish([{ id: 'a', text: '2', expected: 1 }])
    expect(await preview.call('registry_events_since', cursor, 10)).toMatchObject({ events: [{ id: 'a' }] })
    await previews(db()).empty(preview.name)
    await previews(db()).down(preview.name)
    await previews(db()).up(preview.name)
    await expect(preview.call('registry_events_since', cursor + 1, 10)).rejects.toMatchObject({
      code: 'PT410',
    })
    expect(await preview.call('registry_list', preview.kind, {})).toMatchObject({
      items: [{ version: 1 }, { version: 1 }, { version: 1 }],
    })
  })

  test('accepts bundles in its own folder, and production’s bundles for production’s content', async () => {
    const { registry, preview } = await withPreview(db())
    await registry.publish([{ id: 'a', text: '2', expected: 1 }], { rank: 10 })
    preview.prefix = ''
    const wanted = { id: 'a', text: 'new', expected: 2 }
    for (const prefix of ['', 'preview-other/', `preview-${preview.name}x/`, `x/preview-${preview.name}/`]) {
      preview.prefix = prefix
      const commit = await preview.stage([wanted])
      expect(await refusalOf(db(), () => preview.commit(commit))).toMatchObject({
        sqlstate: 'PT422',
        detail: { rule: 'NOFX_PREVIEW_BUNDLE' },
        left: false,
      })
    }
    preview.prefix = ''
    await preview.publish([{ id: 'a', expected: 2 }])
    expect(await preview.head('a')).toMatchObject({ version: 3, digest: digestFor({ id: 'a' }) })
  })

  test('lets a branch reuse a declared version, unless production has published it', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a', declared: '1.0.0' }], { rank: 9 })
    const preview = await raised(db(), fresh('pr'), registry.kind)
    await preview.publish([{ id: 'a', text: '2', declared: '1.1.0', expected: 1 }])
    await preview.publish([{ id: 'a', text: '3', declared: '1.1.0', expected: 2 }])
    await expect(
      preview.publish([{ id: 'a', text: '4', declared: '1.0.0', expected: 3 }]),
    ).rejects.toMatchObject({ code: 'PT422', detail: expect.stringContaining('NOFX_VERSION_REUSED') })
  })

  test('passes on the refusals of its functions word for word', async () => {
    const { registry, preview } = await withPreview(db())
    const refusal = {
      code: 'PT409',
      message: `${registry.kind}/a is at version 1 (commit ${shaOf('c9')}), the plan expected version 7`,
    }
    const wanted = { id: 'a', text: '2', expected: 7 }
    await expect(registry.publish([wanted], { rank: 10 })).rejects.toMatchObject(refusal)
    await expect(preview.publish([wanted])).rejects.toMatchObject(refusal)
    const missing = { id: 'x', refs: [requires('nobody', preview.kind)] }
    await expect(preview.publish([missing])).rejects.toMatchObject({
      code: 'PT422',
      detail: expect.stringContaining('NOFX_REFERENCE_MISSING'),
    })
  })
})
