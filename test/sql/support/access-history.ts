import type { TestDatabase } from '../../harness/database.ts'
import { instantiate, PLAN, request } from './instantiation-under-test.ts'
import { RegistryUnderTest } from './registry-under-test.ts'

/** Makes one of everything that a reader may or may not see: the rows in `READS`. */
export async function writeAccessHistory(db: TestDatabase): Promise<void> {
  const registry = new RegistryUnderTest(db, 'agents')
  await registry.publish([
    { id: 'live' },
    { id: 'old', state: 'deprecated' },
    { id: 'draft', state: 'draft' },
    { id: 'off', state: 'disabled' },
    { id: 'gone' },
    { id: 'both' },
    { id: 'past', state: 'disabled' },
  ])
  await registry.publish(
    [
      { id: 'both', state: 'draft', text: '2', expected: 1 },
      { id: 'past', state: 'draft', expected: 1 },
    ],
    { removals: [{ id: 'gone', expectedVersion: 1 }] },
  )
  await registry.publish([{ id: 'past', expected: 2 }])
  await registry.call('registry_report', {
    key: 'a-report',
    singular: 'agent',
    findings: [{ kind: 'agents', id: 'live' }],
  })
  await registry.stage([{ id: 'waiting' }])
  const templates = new RegistryUnderTest(db, 'templates')
  const secret = { ...PLAN, id: 'plan-draft', state: 'draft', manifest: { rollbackAdvice: 'hush' } }
  await templates.publish([PLAN, secret])
  await instantiate(templates, request(templates, { locks: [] }))
  const undone = new RegistryUnderTest(db, 'undone')
  await undone.publish([{ id: 'a' }, { id: 'b' }])
  await undone.publish([
    { id: 'a', text: 'bad', expected: 1 },
    { id: 'b', text: 'secret', expected: 1 },
  ])
  for (const id of ['a', 'b']) await undone.to(id, 1)
  await undone.withdraw('b', 2)
  await db.run(`
    insert into public.registry_policies (kind) values ('capped');
    insert into storage.buckets (id, name) values ('other', 'other');
    insert into storage.objects (bucket_id, name) values ('other', 'agents/draft/other');`)
}
