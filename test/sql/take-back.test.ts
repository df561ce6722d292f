import { expect, test } from 'vitest'
import { onBothEngines } from './support/engines.ts'
import {
  digestFor,
  everythingStored,
  fresh,
  RegistryUnderTest,
  requires,
  shaOf,
} from './support/registry-under-test.ts'
import { A, A2, UNDO_CASES } from './support/undo-cases.ts'

onBothEngines('undoing', (db) => {
  test.each(UNDO_CASES)(
    'a release undoes $name',
    async ({ name, before, undone, versions, head, outcome }) => {
      const registry = new RegistryUnderTest(db())
      for (const wanted of before) await registry.publish([wanted])
      if (name.startsWith('the return'))
        await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
      const release = await registry.publish(undone.publish ? [undone.publish] : [], {
        removals: undone.remove ? [{ id: 'a', expectedVersion: undone.remove }] : [],
      })
      const result = await registry.rollback({ release: release.releaseId })
      expect(result.outcomes.map((row) => row.outcome)).toEqual([outcome])
      expect((await registry.versions('a')).slice(-1)).toEqual(versions)
      expect(await registry.head('a')).toMatchObject(head)
    },
  )

  test('one definition restores all columns of an earlier revision, with its rank', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ ...A, manifest: { tags: ['x'] } }], { rank: 1 })
    await registry.publish([A2], { rank: 8 })
    const result = await registry.to('a', 1)
    expect(result).toMatchObject({
      replayed: false,
      dryRun: false,
      outcomes: [{ kind: registry.kind, id: 'a', outcome: 'rolled-back', version: 3, digest: digestFor(A) }],
    })
    expect(await registry.head('a')).toMatchObject({
      version: 3,
      digest: digestFor(A),
      commitSha: shaOf('c1'),
      commitRank: 1,
      hold: [digestFor(A2)],
    })
    expect(await registry.versions('a')).toEqual([
      '1 active publish 1',
      '2 active publish 2',
      '3 active rollback 1',
    ])
    expect(await registry.events()).toEqual(['added public a 1', 'updated public a 2', 'updated public a 3'])
    const [row] = await db().query(
      'select manifest, actor, reason from public.registry_revisions where kind = $1 and version = 3',
      [registry.kind],
    )
    expect(row).toEqual({ manifest: { name: 'a', tags: ['x'] }, actor: 'bob', reason: 'it broke' })
    expect(
      (await registry.publish([{ ...A, text: '7', expected: 3 }], { rank: 0 })).outcomes[0]?.outcome,
    ).toBe('stale')
    expect(
      (await registry.publish([{ ...A, text: '7', expected: 3 }], { rank: 7 })).outcomes[0]?.outcome,
    ).toBe('updated')
  })

  test('a whole release finds it by the start of its id or of its commit, the newest publish first', async () => {
    const registry = new RegistryUnderTest(db())
    const sha = shaOf(fresh('feed'))
    await registry.publish([A, { id: 'b' }], { sha })
    await registry.publish([A2, { id: 'c' }], { sha })
    const result = await registry.rollback({ release: sha.slice(0, -1) })
    expect(result.outcomes.map((row) => `${row.id} ${row.outcome} ${row.version}`)).toEqual([
      'a rolled-back 3',
      'c removed 2',
    ])
    const [release] = await db().query(
      'select origin, undoes is not null as undoes, commit_sha from public.registry_releases where id = $1',
      [result.releaseId],
    )
    expect(release).toEqual({ origin: 'rollback', undoes: true, commit_sha: sha })
    const again = await registry.rollback({ release: String(result.releaseId).slice(0, 18) })
    expect(again.outcomes.map((row) => `${row.id} ${row.outcome}`)).toEqual([
      'a rolled-back',
      'c rolled-back',
    ])
    expect(await registry.head('a')).toMatchObject({ digest: digestFor(A2), hold: [digestFor(A)] })
  })

  test('by force undoes a release over later changes', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    const release = await registry.publish([A2])
    await registry.publish([{ ...A, text: '3', expected: 2 }])
    await registry.rollback({ release: release.releaseId }, { force: true })
    expect(await registry.head('a')).toMatchObject({ digest: digestFor(A), version: 4 })
  })

  test('by force removes a required definition, and undelete restores it', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'b' }, { ...A, refs: [requires('b', registry.kind)] }])
    const result = await registry.publish([], { removals: [{ id: 'b', expectedVersion: 1 }], force: true })
    expect(result.outcomes).toMatchObject([{ id: 'b', outcome: 'removed', version: 2 }])
    expect(await registry.head('b')).toMatchObject({ state: 'removed', version: null, latestVersion: 2 })
    const restored = await registry.undelete('b', { expectedVersion: 2 })
    expect(restored.outcomes).toMatchObject([{ id: 'b', outcome: 'restored', version: 3 }])
    expect(await registry.head('b')).toMatchObject({ state: 'active', version: 3 })
    expect((await registry.events()).slice(-2)).toEqual(['removed public b 2', 'added public b 3'])
  })

  test('may remove a required definition together with those that require it', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'b' }, { ...A, refs: [requires('b', registry.kind)] }])
    const removals = [
      { id: 'a', expectedVersion: 1 },
      { id: 'b', expectedVersion: 1 },
    ]
    const result = await registry.publish([], { removals })
    expect(result.outcomes.map((row) => row.outcome)).toEqual(['removed', 'removed'])
    expect((await registry.publish([], { removals })).outcomes.map((row) => row.outcome)).toEqual([
      'unchanged',
      'unchanged',
    ])
  })

  test.each(['one definition', 'a release', 'a tombstone'])(
    'as a dry run of %s returns the verdict and writes nothing',
    async (what) => {
      const registry = new RegistryUnderTest(db())
      await registry.publish([A])
      const release = await registry.publish([A2])
      if (what === 'a tombstone') await registry.publish([], { removals: [{ id: 'a', expectedVersion: 2 }] })
      const key = fresh('key')
      const act = (dryRun: boolean) =>
        what === 'one definition'
          ? registry.to('a', 1, { key, dryRun })
          : what === 'a release'
            ? registry.rollback({ release: release.releaseId }, { key, dryRun })
            : registry.undelete('a', { key, dryRun })
      const before = await everythingStored(db().query)
      const tried = await act(true)
      expect(await everythingStored(db().query)).toBe(before)
      const real = await act(false)
      expect(tried).toEqual({ ...real, dryRun: true, releaseId: null, seq: real.seq - 1 })
      expect(await act(false)).toEqual({ ...real, replayed: true })
    },
  )

  test('a refused publish leaves a report and an event for each definition, once', async () => {
    const registry = new RegistryUnderTest(db())
    const report = {
      key: fresh('key'),
      singular: 'thing',
      actor: 'ann',
      commit: { sha: 'c1' },
      code: 'FINDINGS',
      message: '2 errors',
      findings: [
        { kind: registry.kind, id: 'a', rule: 'NOFX_X' },
        { kind: registry.kind, id: 'a', rule: 'NOFX_Y' },
        { kind: registry.kind, id: 'b', rule: 'NOFX_X' },
      ],
    }
    const first = await registry.call('registry_report', report)
    expect(await registry.call('registry_report', report)).toEqual(first)
    expect(await registry.events()).toEqual([
      'validation_failed publisher a null',
      'validation_failed publisher b null',
    ])
    const rows = await db().query(
      'select verdict, code, actor, commit_sha from public.registry_validation_reports where idempotency_key = $1',
      [report.key],
    )
    expect(rows).toEqual([{ verdict: 'refused', code: 'FINDINGS', actor: 'ann', commit_sha: 'c1' }])
  })

  test('a bundle is stored if storage has it with its size, or a revision has it', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([A])
    await registry.upload([{ bundle_path: 'x/orphan', bundle_size: 5 }])
    const known = `${registry.kind}/a/${digestFor(A)}.tar.gz`
    const asked = [
      { path: known, size: 999, sha256: '' },
      { path: 'x/orphan', size: 5, sha256: '' },
      { path: 'x/orphan', size: 6, sha256: '' },
      { path: 'x/none', size: 5, sha256: '' },
    ]
    expect(await registry.call('registry_stored_bundles', asked)).toEqual([known, 'x/orphan'].sort())
    expect(await registry.call('registry_stored_bundles', asked.slice(2))).toEqual([])
  })
})
