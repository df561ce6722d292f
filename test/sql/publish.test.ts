import { expect, test } from 'vitest'
import { onBothEngines } from './support/engines.ts'
import { PUBLISH_CASES } from './support/publish-cases.ts'
import { digestFor, fresh, RegistryUnderTest, refusalOf, shaOf } from './support/registry-under-test.ts'

onBothEngines('a publish', (db) => {
  test.each(PUBLISH_CASES)(
    '$name',
    async ({ before, rollbackTo, publish, outcome, version, head, events }) => {
      const registry = new RegistryUnderTest(db())
      for (const [items, options] of before) await registry.publish(items, options)
      if (rollbackTo) await registry.to('a', rollbackTo)
      const told = (await registry.events()).length
      const result = await registry.publish([publish[0]], publish[1])
      expect(result.outcomes).toEqual([
        expect.objectContaining({ kind: registry.kind, id: 'a', outcome, version }),
      ])
      expect(await registry.head('a')).toMatchObject(head)
      expect((await registry.events()).slice(told)).toEqual(events)
      expect(result.releaseId === null).toBe(events.length === 0)
      expect(await db().query('select key from public.registry_staged')).toEqual([])
    },
  )

  test('keeps agents in their own table and other kinds in the common table', async () => {
    const agents = new RegistryUnderTest(db(), 'agents')
    const others = new RegistryUnderTest(db())
    const id = fresh('agent')
    await agents.publish([{ id }])
    await agents.publish([{ id, text: '2', expected: 1 }])
    await others.publish([{ id }])
    expect(
      await db().query('select agent_id, version from public.agent_registry where id = $1', [id]),
    ).toEqual([{ agent_id: id, version: 2 }])
    expect(await db().query('select kind from only public.registry_heads where id = $1', [id])).toEqual([
      { kind: others.kind },
    ])
  })

  test('names events by the singular that came with the kind', async () => {
    const registry = new RegistryUnderTest(db(), fresh('playbooks'))
    await registry.call('registry_stage', 'key-of-kind', registry.kind, 'playbook', 0, [])
    const request = await registry.stage([{ id: 'a' }])
    await db().query(`update public.registry_staged set singular = 'playbook' where key = $1`, [request.key])
    await registry.commit(request)
    await registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
    expect(
      await db().query('select type from public.registry_events where kind = $1 order by seq', [
        registry.kind,
      ]),
    ).toEqual([{ type: 'playbook.added' }, { type: 'playbook.removed' }])
  })

  test('tells the public nothing about the content of a disabled definition', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    await registry.publish([{ id: 'a', state: 'disabled', expected: 1 }])
    const told = await db().query(
      `select version, digest from public.registry_events where kind = $1 and audience = 'public' order by seq`,
      [registry.kind],
    )
    expect(told).toEqual([
      { version: 1, digest: digestFor({ id: 'a' }) },
      { version: 2, digest: null },
    ])
  })

  test('publishes many definitions as one release with one report', async () => {
    const registry = new RegistryUnderTest(db())
    const result = await registry.publish([
      { id: 'b' },
      { id: 'a' },
      { id: 'c-d' },
      { id: 'c' },
      { id: 'c1' },
    ])
    expect(result.outcomes.map((row) => row.id)).toEqual(['a', 'b', 'c', 'c-d', 'c1'])
    const [release] = await db().query(
      'select origin, actor, commit_sha, seq::int, response from public.registry_releases where id = $1',
      [result.releaseId],
    )
    expect(release).toEqual({
      origin: 'publish',
      actor: 'ann',
      commit_sha: shaOf('c1'),
      seq: result.seq,
      response: result,
    })
    const reports = await db().query(
      'select verdict, summary from public.registry_validation_reports where release_id = $1',
      [result.releaseId],
    )
    expect(reports).toEqual([{ verdict: 'accepted', summary: { added: 5 } }])
    expect((await registry.head('a')).references).toEqual([])
    expect((await registry.head('a')).updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('publishes the other definitions if one is stale', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }], { rank: 5 })
    const result = await registry.publish([{ id: 'a', text: '2', expected: 1 }, { id: 'b' }], { rank: 3 })
    expect(result.outcomes.map((row) => `${row.id} ${row.outcome}`)).toEqual(['a stale', 'b added'])
  })

  test('keeps the bundle that the same content had before', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    await registry.publish([{ id: 'a', text: '2', expected: 1 }])
    const request = await registry.stage([{ id: 'a', expected: 2 }])
    await db().query(
      `update public.registry_staged set bundle_size = 1, bundle_sha256 = 'other' where key = $1`,
      [request.key],
    )
    await registry.commit(request)
    const rows = await db().query(
      'select distinct bundle_size::int, bundle_sha256 from public.registry_revisions where kind = $1 and version in (1, 3)',
      [registry.kind],
    )
    expect(rows).toHaveLength(1)
  })

  test('returns the same answer for the same key, and writes nothing', async () => {
    const registry = new RegistryUnderTest(db())
    const request = await registry.stage([{ id: 'a' }])
    const first = await registry.commit(request)
    const again = await refusalOf(db(), () => registry.commit(request))
    expect(again).toMatchObject({ sqlstate: 'none', left: false })
    expect(await registry.commit(request)).toEqual({ ...first, replayed: true })
  })

  test('replaces a part that is staged again', async () => {
    const registry = new RegistryUnderTest(db())
    const key = fresh('key')
    await registry.stage([{ id: 'a', text: 'old' }], { key })
    const result = await registry.commit(await registry.stage([{ id: 'a', text: 'new' }], { key }))
    expect(result.outcomes[0]).toMatchObject({
      outcome: 'added',
      digest: digestFor({ id: 'a', text: 'new' }),
    })
  })

  test('sweeps only parts that were staged long ago', async () => {
    const registry = new RegistryUnderTest(db())
    const { key: old } = await registry.stage([{ id: 'a' }])
    const { key: recent } = await registry.stage([{ id: 'a' }])
    await db().query(
      `update public.registry_staged set created_at = now() - interval '2 days' where key = $1`,
      [old],
    )
    expect(await registry.call('registry_sweep', '1 day')).toBe(1)
    expect(await db().query('select key from public.registry_staged')).toEqual([{ key: recent }])
    await registry.call('registry_sweep', '-1 day')
  })
})
