import { expect, test } from 'vitest'
import type { TestDatabase } from '../harness/database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { onBothEngines } from './support/engines.ts'
import {
  digestFor,
  everythingStored,
  fresh,
  RegistryUnderTest,
  requires,
  shaOf,
} from './support/registry-under-test.ts'

const DRAFT = { id: 'a', state: 'draft' }

onBothEngines('a promotion', (db) => {
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
      commitSha: shaOf('c4'),
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
      commit_sha: shaOf('c4'),
      commit_rank: 4,
      actor: 'bob',
      reason: 'ready',
    })
    expect(await checkInvariants(db())).toEqual([])
  })

  test('replaces the live version, and publishing the draft’s content again does not undo it', async () => {
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

  test('of a first draft, once undone, leaves nothing live', async () => {
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

  test('keeps the advice and the previous version of a template', async () => {
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

  test.each([
    ['active', 'active'],
    ['deprecated', 'deprecated'],
  ])('of a draft whose manifest has the status %s makes it %s', async (status, state) => {
    const registry = new RegistryUnderTest(db())
    const item = { ...DRAFT, status }
    await registry.publish([item])
    expect(await registry.head('a')).toMatchObject({ state: 'draft', version: null, draftVersion: 1 })
    await registry.promote('a')
    expect(await registry.head('a')).toMatchObject({ state, version: 2, metadata: { status: state } })
    const again = await registry.publish([{ ...item, state: status, expected: 2 }])
    expect(again.outcomes).toMatchObject([{ outcome: 'unchanged', version: 2 }])
  })

  test('and a publish of the same content both make such a draft live', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a', declared: '1.0.0' }], { rank: 1 })
    const next = { id: 'a', text: '2', status: 'active', declared: '1.1.0', expected: 1 }
    await registry.publish([{ ...next, state: 'draft' }], { rank: 2 })
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 1, draftVersion: 2 })
    await registry.publish([{ ...next, expected: 2 }], { rank: 2 })
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 3, draftVersion: null })
    expect(await registry.versions('a')).toEqual([
      '1 active publish 1',
      '2 draft publish 2',
      '3 active publish 2',
    ])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('is possible by force although a requirement is not live', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'b', state: 'draft' }])
    await registry.publish([{ ...DRAFT, refs: [requires('b', registry.kind)] }])
    await registry.promote('a', { force: true })
    expect(await registry.head('a')).toMatchObject({ state: 'active', version: 2 })
  })

  test('returns the verdict of a dry run and writes nothing; one key has one effect', async () => {
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

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`

/** The database's clock, in the format in which times are shown. */
async function nowAt(db: TestDatabase): Promise<string> {
  const [row] = await db.query<{ at: string }>(
    `select to_char(clock_timestamp() at time zone 'utc', ${ISO}) as at`,
  )
  return row!.at
}

onBothEngines('the revision that was live at a time', (db) => {
  test('is the newest one by then that is not a draft, with the time when it ended', async () => {
    const registry = new RegistryUnderTest(db())
    const times = [await nowAt(db())]
    const act = async (effect: () => Promise<unknown>) => {
      // Waits until the clock shows another millisecond, so that each action has its own.
      await expect.poll(() => nowAt(db()), { interval: 1 }).not.toBe(times.at(-1))
      await effect()
      times.push(await nowAt(db()))
    }
    await act(() => registry.publish([{ id: 'a' }, { id: 'b', state: 'disabled' }]))
    await act(() =>
      registry.publish([
        { ...DRAFT, text: '2', expected: 1 },
        { id: 'c', state: 'draft' },
      ]),
    )
    await act(() => registry.promote('a'))
    await act(() => registry.to('a', 1))
    await act(() => registry.publish([], { removals: [{ id: 'a', expectedVersion: 4 }] }))
    const seen = []
    for (const at of times) seen.push(await registry.liveAt(at, 'a'))
    expect(seen).toEqual([
      [],
      ['a 1 active until'],
      ['a 1 active until'],
      ['a 3 active until'],
      ['a 4 active until'],
      ['a 5 removed'],
    ])
    expect(await registry.liveAt(times.at(-1))).toEqual(['a 5 removed', 'b 1 disabled'])
    expect(await registry.liveAt(times.at(-1), 'c')).toEqual([])
  })

  test('counts as live from the millisecond shown for it', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    const [row] = await db().query<{ shown: string }>(
      `select to_char(created_at at time zone 'utc', ${ISO}) as shown from public.registry_revisions where kind = $1`,
      [registry.kind],
    )
    expect(await registry.liveAt(row!.shown)).toEqual(['a 1 active'])
  })
})
