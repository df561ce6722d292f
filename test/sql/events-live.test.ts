import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EventPage } from '../../src/contract/protocol/events.ts'
import { type Caller, PUBLISHER, type Row } from '../harness/database.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { readMigrations } from '../harness/prepare.ts'
import { RegistryUnderTest } from './support/registry-under-test.ts'

/** The schema of Supabase Realtime as far as it is documented: its functions, and the rights to read. */
const REALTIME = `
create schema realtime;
create table realtime.messages (
  place bigint generated always as identity, topic text not null, extension text not null, payload jsonb, event text,
  private boolean
);
alter table realtime.messages enable row level security;
create function realtime.topic() returns text language sql stable
  as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql as $$
begin
  if payload ->> 'id' = 'unlucky' then raise exception 'no partition for today'; end if;
  insert into realtime.messages (payload, event, topic, private, extension)
    values (payload, event, topic, private, 'broadcast');
end $$;
grant usage on schema realtime to anon, authenticated, service_role;
grant select on realtime.messages to anon, authenticated, service_role;`

let db: PostgresDatabase
const told: string[] = []

beforeAll(async () => {
  db = await createDatabase({ migrated: false })
  await db.run(REALTIME)
  for (const { sql } of readMigrations()) await db.run(sql)
  await db.sql.listen('nofx_events', (payload) => told.push(payload))
})
afterAll(() => db.drop())

/** The broadcasts and notifications of `work`. */
async function heard(work: () => Promise<unknown>) {
  await db.run('truncate realtime.messages')
  const notified = told.length
  await work()
  const messages = await db.query<{ topic: string; private: boolean; event: string; payload: Row }>(
    'select topic, private, event, payload from realtime.messages order by place',
  )
  await expect.poll(() => told.length).toBeGreaterThan(notified)
  return { messages, notified: told.slice(notified) }
}

test('a release is broadcast: public events to every listener, all events to publishers', async () => {
  const registry = new RegistryUnderTest(db, 'agents')
  const { messages, notified } = await heard(() =>
    registry.publish([{ id: 'a' }, { id: 'b', state: 'draft' }]),
  )
  const change = (seq: number, id: string) => ({ seq, type: 'agent.added', kind: 'agents', id, version: 1 })
  expect(messages).toEqual([
    { topic: 'registry', private: false, event: 'change', payload: change(1, 'a') },
    { topic: 'registry:publisher', private: true, event: 'change', payload: change(1, 'a') },
    { topic: 'registry:publisher', private: true, event: 'change', payload: change(2, 'b') },
  ])
  expect(notified).toEqual(['{"from":1,"to":2}'])
})

test('a large release is broadcast as its first hundred and its last event on each topic, with one notification', async () => {
  const registry = new RegistryUnderTest(db)
  const many = Array.from({ length: 150 }, (_, at) => ({ id: `m${String(at).padStart(3, '0')}` }))
  const { messages, notified } = await heard(() => registry.publish(many))
  for (const topic of ['registry', 'registry:publisher']) {
    const seqs = messages.filter((one) => one.topic === topic).map(({ payload }) => payload.seq)
    expect(seqs).toEqual([...Array.from({ length: 100 }, (_, at) => 3 + at), 152])
  }
  expect(notified).toEqual(['{"from":3,"to":152}'])
})

test('a release is published even if its broadcast fails', async () => {
  const registry = new RegistryUnderTest(db)
  const { messages } = await heard(() => registry.publish([{ id: 'lucky' }, { id: 'unlucky' }]))
  expect(messages).toEqual([])
  expect(await registry.events()).toEqual(['added public lucky 1', 'added public unlucky 1'])
})

test('a refused release is not broadcast', async () => {
  const registry = new RegistryUnderTest(db)
  const before = told.length
  await expect(registry.publish([{ id: 'a', expected: 7 }])).rejects.toMatchObject({ code: 'PT409' })
  const { messages, notified } = await heard(() => registry.publish([{ id: 'b' }]))
  expect(messages.map(({ payload }) => payload.id)).toEqual(['b', 'b'])
  expect([told.length - before, notified.length]).toEqual([1, 1])
})

test.each<[who: string, caller: Caller, topic: string, joins: boolean]>([
  ['a publisher', PUBLISHER, 'registry:publisher', true],
  ['a publisher', PUBLISHER, 'registry:other', false],
  ['a reader', { role: 'authenticated', claims: { role: 'authenticated' } }, 'registry:publisher', false],
  ['anybody', { role: 'anon' }, 'registry:publisher', false],
])('%s %o on %s: may listen is %s', async (_who, caller, topic, joins) => {
  await db.run(`truncate realtime.messages;
    insert into realtime.messages (topic, extension) values ('${topic}', 'broadcast'), ('${topic}', 'presence')`)
  // Realtime lets a caller join a topic if the caller can read messages of the topic.
  const seen = await db.as(caller, async (query) => {
    await query(`select set_config('realtime.topic', $1, true)`, [topic])
    return query('select extension from realtime.messages')
  })
  expect(seen).toEqual(joins ? [{ extension: 'broadcast' }] : [])
})

test('the feed is in the publication that Supabase Realtime streams from', async () => {
  const rows = await db.query(`select pubname, schemaname, tablename from pg_publication_tables`)
  expect(rows).toEqual([{ pubname: 'supabase_realtime', schemaname: 'public', tablename: 'registry_events' }])
})

test('a reader that follows the cursor gets every event of concurrent publishers exactly once', async () => {
  const [{ seq: start }] = (await db.query('select seq::integer from public.registry_counter')) as [
    { seq: number },
  ]
  const releases = 40
  let done = 0
  const publishers = Array.from({ length: 8 }, async (_, publisher) => {
    for (let at = 0; at < releases / 8; at++) {
      const registry = new RegistryUnderTest(db, `kind-${publisher}-${at}`)
      await registry.publish([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    }
    done++
  })
  const read = async (cursor: number) => {
    const [row] = await db.query<{ page: EventPage }>('select public.registry_events_since($1, 7) as page', [
      cursor,
    ])
    return row!.page
  }
  const follow = async () => {
    const seen: number[] = []
    for (let cursor = start; ; ) {
      const finished = done === 8
      const page = await read(cursor)
      seen.push(...page.events.map(({ seq }) => seq))
      if (finished && page.cursor === cursor) return seen
      cursor = page.cursor
    }
  }
  const readers = await Promise.all([follow(), follow(), follow()])
  await Promise.all(publishers)
  const all = Array.from({ length: 3 * releases }, (_, at) => start + 1 + at)
  expect(readers).toEqual([all, all, all])
})
