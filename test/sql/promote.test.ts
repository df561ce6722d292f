import { expect, test } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { onBothEngines } from './engines.ts'
import { digestFor, everythingStored, fresh, RegistryUnderTest, requires } from './registry-under-test.ts'

const DRAFT = { id: 'a', state: 'draft' }

onBothEngines('promoting', (db) => {
  test('makes a first draft live: the same content as a new version, active in every list', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ ...DRAFT, declared: '1.0.0' }], { rank: 4, sha: 'c4' })
    const result = await registry.promote('a', { expectedVersion: 1, reason: 'ready' })
    expect(result).toMatchObject({
      replayed: false,
      dryRun: false,
      outcomes: [{ kind: registry.kind, id: 'a', outcome: 'promoted', version: 2, digest: digestFor(DRAFT) }],
    })
    expect(await registry.head('a')).toMatchObject({
      state: 'active',
      version: 2,
      draftVersion: null,
      latestVersion: 2,
      digest: digestFor(DRAFT),
      liveDigest: digestFor(DRAFT),
      commitSha: 'c4',
      commitRank: 4,
      metadata: { status: 'active', version: '1.0.0' },
    })
    expect(await registry.versions('a')).toEqual(['1 draft publish 1', '2 active promote 1'])
    expect(await registry.events()).toEqual(['added publisher a 1', 'added public a 2'])
    const [release] = await db().query(
      'select origin, commit_sha, commit_rank, actor, reason from public.registry_releases where id = $1',
      [result.releaseId],
    )
    expect(release).toEqual({
      origin: 'promote',
      commit_sha: 'c4',
      commit_rank: 4,
      actor: 'bob',
      reason: 'ready',
    })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('replaces what is live, and the tree may publish its draft again without taking that away', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 1 })
    const draft = { ...DRAFT, text: '2', expected: 1 }
    await registry.publish([draft], { rank: 2 })
    await registry.promote('a')
    expect(await registry.events()).toEqual([
      'added public a 1',
      'updated publisher a 2',
      'updated public a 3',
    ])
    const before = await everythingStored(db().query)
    for (const expected of [1, 3]) {
      const again = await registry.publish([{ ...draft, expected }], { rank: 3 })
      expect(again).toMatchObject({ releaseId: null, outcomes: [{ outcome: 'unchanged', version: 3 }] })
    }
    expect(await everythingStored(db().query)).toBe(before)
    const newer = await registry.publish([{ ...draft, text: '3', expected: 3 }], { rank: 3 })
    expect(newer.outcomes).toMatchObject([{ outcome: 'updated', version: 4 }])
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 3, draftVersion: 4 })
    await registry.promote('a')
    expect(await registry.head('a')).toMatchObject({ version: 5, draftVersion: null })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('can be rolled back: the earlier content is live, and the draft is held', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    const draft = { ...DRAFT, text: '2', expected: 1 }
    await registry.publish([draft])
    const promoted = await registry.promote('a')
    const undone = await registry.rollback({ release: promoted.releaseId })
    expect(undone.outcomes).toMatchObject([{ outcome: 'rolled-back', version: 4 }])
    expect(await registry.head('a')).toMatchObject({
      digest: digestFor({ id: 'a' }),
      hold: [digestFor(draft)],
    })
    expect((await registry.publish([{ ...draft, expected: 4 }])).outcomes).toMatchObject([
      { outcome: 'held' },
    ])
    await registry.to('a', 3)
    expect(await registry.head('a')).toMatchObject({
      state: 'active',
      version: 5,
      hold: [digestFor({ id: 'a' })],
    })
    expect((await registry.publish([{ ...draft, expected: 5 }])).outcomes).toMatchObject([
      { outcome: 'unchanged' },
    ])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('of a first draft, undone, leaves nothing live', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([DRAFT])
    const promoted = await registry.promote('a')
    await registry.rollback({ release: promoted.releaseId })
    expect(await registry.head('a')).toMatchObject({ state: 'removed', version: null })
    expect(await registry.events()).toEqual(['added publisher a 1', 'added public a 2', 'removed public a 3'])
    await registry.undelete('a')
    expect(await registry.head('a')).toMatchObject({ state: 'active', metadata: { status: 'active' } })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('keeps the advice and the version before of a template', async () => {
    const registry = new RegistryUnderTest(db(), 'templates')
    const id = fresh('plan')
    await registry.publish([{ id, manifest: { rollbackAdvice: 'old' } }])
    await registry.publish([
      { id, state: 'draft', text: '2', expected: 1, manifest: { rollbackAdvice: 'new' } },
    ])
    await registry.promote(id)
    const [row] = await db().query(
      'select version, previous_version, rollback_advice from public.template_registry where id = $1',
      [id],
    )
    expect(row).toEqual({ version: 3, previous_version: 1, rollback_advice: 'new' })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('goes on by force although what it requires is not live', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'b', state: 'draft' }])
    await registry.publish([{ ...DRAFT, refs: [requires('b', registry.kind)] }])
    await registry.promote('a', { force: true })
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 2 })
  })

  test('dry gives the verdict and writes nothing; one key has one effect', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([DRAFT])
    const key = fresh('key')
    const before = await everythingStored(db().query)
    const tried = await registry.promote('a', { key, dryRun: true })
    expect(await everythingStored(db().query)).toBe(before)
    const real = await registry.promote('a', { key, dryRun: false })
    expect(tried).toEqual({ ...real, dryRun: true, releaseId: null, seq: real.seq - 1 })
    expect(await registry.promote('a', { key, dryRun: false })).toEqual({ ...real, replayed: true })
    await expect(registry.promote('a', { key, reason: 'another' })).rejects.toMatchObject({ code: 'PT422' })
    expect(await registry.versions('a')).toHaveLength(2)
  })
})
