import { expect, onTestFinished, test } from 'vitest'
import type { Query } from '../harness/database.ts'
import { createDatabase } from '../harness/postgres.ts'
import { OWNER } from '../harness/postgres-server.ts'

const REQUEST = { url: 'https://abc.supabase.co', key: 'sb_secret_one' }

/** Supabase's schemas with the functions that the set-up calls, in their own signatures; they record each call. */
const SUPABASE = `
  create schema vault;
  create table vault.secrets (id uuid primary key default gen_random_uuid(), name text unique, secret text);
  create view vault.decrypted_secrets as select name, secret as decrypted_secret from vault.secrets;
  create function vault.create_secret(new_secret text, new_name text default null, new_description text default '')
    returns uuid language sql as 'insert into vault.secrets (name, secret) values (new_name, new_secret) returning id';
  create function vault.update_secret(secret_id uuid, new_secret text default null, new_name text default null)
    returns void language sql as 'update vault.secrets set secret = new_secret where id = secret_id';
  create schema cron;
  create table cron.job (jobname text primary key, schedule text, command text, active boolean default true);
  create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as
    'insert into cron.job values ($1, $2, $3) on conflict (jobname) do update set command = excluded.command returning 1::bigint';
  create schema net;
  create table net.calls (url text, headers jsonb, body jsonb);
  create function net.http_post(url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
    timeout_milliseconds integer default 1000) returns bigint language sql as
    'insert into net.calls values ($1, $4, $2) returning 1::bigint';
  create schema realtime;
  create table realtime.messages (extension text);
  create function realtime.topic() returns text language sql as 'select null::text';
  alter table realtime.messages owner to ${OWNER};
  grant usage on schema vault, cron, net, realtime to ${OWNER};
  grant all on all tables in schema vault, cron, net to ${OWNER};`

async function project(script = '') {
  const db = await createDatabase()
  onTestFinished(() => db.drop())
  await db.run(script)
  return db
}

const WEBHOOK = {
  url: 'https://example.com/hook',
  deployment: false,
  secret: 'whsec_one',
  kinds: [],
  types: [],
  audience: 'public',
  actor: 'ada',
}
const asService = { role: 'service_role' } as const
const state = async (query: Query) => (await query('select public.registry_setup_state() as it'))[0]?.it
const setUp = async (query: Query, request: object = REQUEST) =>
  (await query('select public.registry_set_up($1) as it', [request]))[0]?.it

test('a database without Supabase has no forwarder, and says that it has no Vault', async () => {
  const db = await project()
  expect(await db.as(asService, state)).toMatchObject({
    listen: null,
    forwarder: null,
    secrets: null,
    webhooks: 0,
  })
  await expect(db.as(asService, (query) => setUp(query))).rejects.toThrow('this project has no Vault')
})

test('a project without the Vault gets back a lost bucket and the policy of a Realtime that started later', async () => {
  const db = await project(SUPABASE)
  await db.run("drop schema vault cascade; delete from storage.buckets where id = 'registry'")
  expect(await db.as(asService, state)).toMatchObject({ bucket: 'missing', listen: false, secrets: null })
  const parts = async (query: Query) => (await query('select public.registry_set_up_parts() as it'))[0]?.it
  const after = { bucket: 'private', listen: true, secrets: null }
  expect(await db.as(asService, parts)).toMatchObject(after)
  await db.run("update storage.buckets set public = true, allowed_mime_types = null where id = 'registry'")
  expect(await db.as(asService, parts)).toMatchObject(after)
  expect(
    await db.query("select allowed_mime_types as types from storage.buckets where id = 'registry'"),
  ).toEqual([{ types: ['application/gzip'] }])
})

test('one call makes the policy, the secrets and the schedule, and a second call replaces the key', async () => {
  const db = await project(SUPABASE)
  const before = { listen: false, forwarder: false, secrets: false }
  expect(await db.as(asService, state)).toMatchObject(before)
  const after = { bucket: 'private', listen: true, forwarder: true, secrets: true, webhooks: 0 }
  expect(await db.as(asService, (query) => setUp(query))).toMatchObject(after)
  expect(await db.as(asService, (query) => setUp(query, { ...REQUEST, key: 'sb_secret_two' }))).toMatchObject(
    after,
  )
  expect(await db.query('select name, secret from vault.secrets order by name')).toEqual([
    { name: 'nofx_secret_key', secret: 'sb_secret_two' },
    { name: 'nofx_url', secret: REQUEST.url },
  ])
  expect(await db.query('select jobname, schedule, command from cron.job')).toEqual([
    { jobname: 'nofx-events', schedule: '10 seconds', command: 'select public.registry_forward_events()' },
  ])
})

test('the schedule calls the function while a webhook exists, and a failed call fails nothing', async () => {
  const db = await project(SUPABASE)
  await db.as(asService, (query) => setUp(query))
  await db.query('select public.registry_forward_events()')
  expect(await db.query('select from net.calls')).toEqual([])
  await db.as(asService, (query) => query('select public.registry_add_webhook($1)', [WEBHOOK]))
  await db.query('select public.registry_forward_events()')
  expect(await db.query('select * from net.calls')).toEqual([
    {
      url: `${REQUEST.url}/functions/v1/registry_events_forward`,
      headers: { 'content-type': 'application/json', apikey: REQUEST.key },
      body: { action: 'forward' },
    },
  ])
  const release = 'insert into public.registry_events select * from public.registry_events where false'
  await db.query(release)
  expect(await db.query('select from net.calls')).toHaveLength(2)
  await db.run('drop function net.http_post')
  await db.query(release)
})
