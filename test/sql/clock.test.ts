import { expect, test } from 'vitest'
import { onBothEngines } from './support/engines.ts'
import { RegistryUnderTest } from './support/registry-under-test.ts'

onBothEngines('a clock that was set back', (db) => {
  test('keeps the order of times equal to the order of versions, so that no time shows a version that was never live', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }])
    await registry.publish([{ id: 'a', text: '2', expected: 1 }])
    // As if version 2 had been published while the clock was 30 days ahead.
    await db().run(`
      alter table public.registry_releases disable trigger user;
      alter table public.registry_revisions disable trigger user;
      update public.registry_releases set created_at = created_at + interval '30 days'
        where seq = (select max(seq) from public.registry_releases);
      update public.registry_revisions set created_at = created_at + interval '30 days' where version = 2;
      update public.registry_events set at = at + interval '30 days' where version = 2;
      alter table public.registry_releases enable trigger user;
      alter table public.registry_revisions enable trigger user;`)
    await registry.to('a', 1)
    await registry.publish([{ id: 'a', text: '3', expected: 3 }])
    const rows = await db().query<{ version: number; at: string }>(
      'select version, created_at::text as at from public.registry_revisions where kind = $1 order by created_at',
      [registry.kind],
    )
    expect(rows.map((row) => row.version)).toEqual([1, 2, 3, 4])
    expect(new Set(rows.map((row) => row.at)).size).toBe(4)
    const [events] = await db().query<{ ordered: boolean }>(
      'select array_agg(seq order by at) = array_agg(seq order by seq) as ordered from public.registry_events',
    )
    expect(events).toEqual({ ordered: true })
    expect(await registry.liveAt(new Date().toISOString())).toEqual(['a 1 active until'])
    expect(await registry.liveAt(rows.at(-1)?.at)).toEqual(['a 4 active'])
  })
})
