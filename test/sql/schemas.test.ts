import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type CatalogObject, compareCatalogs, readCatalog } from '../../scripts/migration/catalog.mjs'
import { ORDER, readSchemas, schemaScript } from '../../scripts/migration/schemas.mjs'
import { splitSql } from '../../scripts/migration/statements.mjs'
import type { TestDatabase } from '../harness/database.ts'
import { OWNER } from '../harness/postgres-server.ts'
import { readMigrations } from '../harness/prepare.ts'
import { ENGINES } from './support/engines.ts'

/** Objects that hosted Supabase has in addition, and the rights of its owner. */
const HOSTED = `
create schema realtime;
create table realtime.messages (topic text, extension text);
alter table realtime.messages enable row level security;
create function realtime.topic() returns text language sql as 'select null::text';
grant usage on schema realtime to ${OWNER};
alter table realtime.messages owner to ${OWNER};`

const schemas = readSchemas()

describe.each(ENGINES)('schemas and migrations on $engine', ({ create }) => {
  let db: TestDatabase
  let migrated: CatalogObject[]

  /** The catalog after the owner of a hosted project ran the scripts in an empty database. */
  async function catalogOf(scripts: readonly string[]): Promise<CatalogObject[]> {
    const fresh = await create({ migrated: false })
    await fresh.run(HOSTED.replaceAll(OWNER, fresh.engine === 'pglite' ? 'postgres' : OWNER))
    for (const script of scripts)
      await fresh.run(fresh.engine === 'pglite' ? script : `set role ${OWNER};\n${script}`)
    const catalog = await readCatalog(fresh.query)
    await fresh.drop()
    return catalog
  }

  beforeAll(async () => {
    db = await create()
    migrated = await readCatalog(db.query)
  })
  afterAll(() => db.drop())

  test('make the same database', async () => {
    const before = await catalogOf(readMigrations().map(({ sql }) => sql))
    expect(compareCatalogs(before, await catalogOf([schemaScript()]))).toEqual([])
    // The comparison covers every type of object.
    const types = new Set(before.map(({ type }) => type))
    expect([...types].sort()).toEqual(
      'column,constraint,function,index,policy,publication,rows,table,trigger'.split(','),
    )
    expect(before.map(({ name }) => name)).toContain('registry_publishers_listen on realtime.messages')
    expect(before.length).toBeGreaterThan(490)
  })

  test('have functions whose bodies name only existing objects', async () => {
    await db.transaction(async (query) => {
      for (const { type, name, is } of migrated) {
        if (type !== 'function') continue
        await query(String(is.definition)).catch((error: Error) => {
          throw new Error(`${name}: ${error.message}`)
        })
      }
    })
  })

  test.each(CHANGES())('are compared, and $change is reported by its name', async ({ sql, names }) => {
    const undone = new Error('only looked at')
    const found = db.transaction(async (query) => {
      for (const statement of splitLoosely(sql)) await query(statement)
      const differences = compareCatalogs(migrated, await readCatalog(query))
      expect(differences.map(({ object }) => object)).toEqual(names)
      throw undone
    })
    await expect(found).rejects.toBe(undone)
  })
})

/** One change for each type of object. */
function CHANGES() {
  return [
    {
      change: 'one word of a function',
      sql: `create or replace function public.registry_blank_metadata(p_id text) returns jsonb language sql immutable set search_path = '' as 'select null::jsonb'`,
      names: ['function registry_blank_metadata(text)'],
    },
    {
      change: 'a setting of a function',
      sql: `alter function public.registry_is_publisher() set search_path = public`,
      names: ['function registry_is_publisher()'],
    },
    {
      change: 'a function that every role may call',
      sql: `grant execute on function public.registry_commit(jsonb) to anon`,
      names: ['function registry_commit(jsonb)'],
    },
    {
      change: 'a right to a table',
      sql: `grant insert on public.registry_kinds to anon`,
      names: ['table registry_kinds'],
    },
    {
      change: 'a right to a column',
      sql: `grant select (actor) on public.registry_revisions to anon`,
      names: ['column registry_revisions.actor'],
    },
    {
      change: 'a table without row security',
      sql: `alter table public.registry_staged disable row level security`,
      names: ['table registry_staged'],
    },
    {
      change: 'a default',
      sql: `alter table public.registry_webhooks alter attempts set default 1`,
      names: ['column registry_webhooks.attempts'],
    },
    {
      change: 'a collation',
      sql: `alter table public.registry_answers alter response type jsonb, alter request_hash type text collate "C"`,
      names: ['column registry_answers.request_hash'],
    },
    {
      change: 'a column in another place',
      sql: `alter table public.registry_kinds drop singular; alter table public.registry_kinds add a text; alter table public.registry_kinds add singular text not null`,
      names: ['column registry_kinds.a', 'column registry_kinds.singular'],
    },
    {
      change: 'a constraint',
      sql: `alter table public.registry_policies drop constraint registry_policies_event_count_check`,
      names: ['constraint registry_policies_event_count_check on registry_policies'],
    },
    {
      change: 'an index',
      sql: `drop index public.registry_events_definition`,
      names: ['index registry_events_definition'],
    },
    {
      change: 'a policy',
      sql: `alter policy live_is_public on public.agent_registry using (true)`,
      names: ['policy live_is_public on public.agent_registry'],
    },
    {
      change: 'a policy of the storage',
      sql: `drop policy registry_publishers_read on storage.objects`,
      names: ['policy registry_publishers_read on storage.objects'],
    },
    {
      change: 'a trigger that does not fire',
      sql: `alter table public.registry_releases disable trigger append_only`,
      names: ['trigger append_only on registry_releases'],
    },
    {
      change: 'a row from the start',
      sql: `update public.registry_counter set seq = 1; update storage.buckets set public = true`,
      names: ['rows of registry_counter', 'rows of storage.buckets'],
    },
    { change: 'a new table', sql: `create table public.extra ()`, names: ['rows of extra', 'table extra'] },
    {
      change: 'a new type',
      sql: `create type public.extra as enum ('a')`,
      names: ['type extra'],
    },
  ]
}

const splitLoosely = (sql: string) => sql.split('; ')

test('every object is defined once, in a file of the list', () => {
  const made = schemas
    .filter(({ sql }) => sql.startsWith('create '))
    .map(({ sql, on }) => `${/^create (?:(?:unlogged|unique) )?\w+ [^\s(]+/.exec(sql)?.[0]} on ${on}`)
  expect(made.length).toBeGreaterThan(150)
  expect(made.filter((name, index) => made.indexOf(name) !== index)).toEqual([])
  expect(new Set(schemas.map(({ file }) => file))).toEqual(new Set(ORDER))
})

test('every function has a sentence above it that describes it', () => {
  const made = schemas.filter(({ sql }) => sql.startsWith('create function '))
  expect(made.length).toBeGreaterThan(80)
  const without = made.filter(({ comment }) => !/^-- [A-Z][^\n]{15,}[\s\S]*\.$/.test(comment))
  expect(without.map(({ on }) => on)).toEqual([])
})

test('a schema file creates objects and never changes them', () => {
  for (const sql of [
    'alter table public.a add column b int;',
    'create or replace function public.a() returns void language sql as $$ select 1 $$;',
    'drop function public.a();',
    'alter policy a on public.b using (true);',
    'update public.a set b = 1;',
  ])
    expect(() => splitSql(sql), sql).toThrow('a schema file says what there is')
})

test('a schema file without a place in the list is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-schemas-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'later.sql'), '')
  expect(() => readSchemas(folder)).toThrow('later.sql: give each file its place in ORDER')
})
