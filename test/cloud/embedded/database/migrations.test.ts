import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Session } from '../../../../src/cloud/embedded/database/database.ts'
import {
  applyMigrations,
  listMigrations,
  pendingMigrations,
} from '../../../../src/cloud/embedded/database/migrations.ts'
import { openPostgres } from '../../../../src/cloud/embedded/database/postgres-database.ts'
import { openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { emptyDatabase } from '../../../harness/cloud-database.ts'
import { buildScript, runScript } from '../../support/node-script.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function database() {
  const made = await emptyDatabase()
  const sql = postgres(made.url, { max: 1, onnotice: () => {} })
  onTestFinished(async () => {
    await sql.end()
    await made.drop()
  })
  return { url: made.url, sql }
}

/** A database with the table of the Supabase CLI and a session on it. */
async function session(): Promise<{ session: Session; sql: postgres.Sql }> {
  const { url, sql } = await database()
  await sql.unsafe(`create schema supabase_migrations;
    create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text)`)
  const opened = await openPostgres(url, join(temporaryFolder(), 'schema.json'), () => {})
  const one = await opened.session()
  onTestFinished(async () => {
    await one.end()
    await opened.close()
  })
  return { session: one, sql }
}

function folder(files: Record<string, string>): string {
  const path = temporaryFolder()
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(path, name), sql)
  return path
}

const opener = buildScript(join(import.meta.dirname, '../support/opener.ts'))

test('two processes that open the same empty database at once apply every migration once', async () => {
  const { url, sql } = await database()
  const root = temporaryFolder()
  const env = { NOFX_TEST_DATABASE_URL: url }
  const runs = await Promise.all([1, 2, 3].map(() => runScript(opener, [root, 'open'], env).ended))
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(Array(3).fill([0, '']))
  const rows = await sql`select version, name from supabase_migrations.schema_migrations order by version`
  expect(rows.map(({ version, name }) => `${version}_${name}`)).toEqual(
    listMigrations().map(({ version, name }) => `${version}_${name}`),
  )
})

test('an opened database has the grants of the migrations: lite adds none', async () => {
  const { url, sql } = await database()
  const cloud = await openCloud({ root: temporaryFolder(), databaseUrl: url })
  onTestFinished(() => cloud.close())
  await cloud.anonClient.from('registry_revisions').select('id')
  const [granted] = await sql`select
    has_table_privilege('anon', 'public.registry_revisions', 'insert') as anon_inserts,
    has_table_privilege('service_role', 'public.registry_revisions', 'delete') as service_deletes`
  expect(granted).toEqual({ anon_inserts: false, service_deletes: false })
  expect((await cloud.anonClient.from('registry_releases').select('id')).error?.code).toBe('42501')
})

describe('applying migrations', () => {
  test('applying migrations goes by version and skips the applied ones', async () => {
    const { session: one, sql } = await session()
    const all = listMigrations(
      folder({
        '20260101000200_add_b.sql': 'alter table public.a add b int',
        '20260101000100_create_a.sql': 'create table public.a (id int)',
        'README.md': 'no migration',
      }),
    )
    expect(all.map(({ version }) => version)).toEqual(['20260101000100', '20260101000200'])
    await applyMigrations(one, await pendingMigrations(one, all))
    expect(await pendingMigrations(one, all)).toEqual([])
    await applyMigrations(one, await pendingMigrations(one, all))
    expect(await sql`select version, name from supabase_migrations.schema_migrations order by 1`).toEqual([
      { version: '20260101000100', name: 'create_a' },
      { version: '20260101000200', name: 'add_b' },
    ])
  })

  test('a migration that fails leaves nothing, keeps the earlier ones, and is named', async () => {
    const { session: one, sql } = await session()
    const all = listMigrations(
      folder({
        '20260101000100_create_a.sql': 'create table public.a (id int)',
        '20260101000200_break.sql': 'create table public.half (id int); select 1/0',
      }),
    )
    await expect(applyMigrations(one, all)).rejects.toMatchObject({
      code: 'REMOTE_FAILED',
      message: 'migration 20260101000200_break failed: division by zero',
    })
    const [there] =
      await sql`select to_regclass('public.a') is not null as a, to_regclass('public.half') is null as b`
    expect(there).toEqual({ a: true, b: true })
    expect((await pendingMigrations(one, all)).map(({ name }) => name)).toEqual(['break'])
  })
})

test('the migrations are found from a build and from an installed package', () => {
  const home = temporaryFolder()
  const root = join(import.meta.dirname, '../../../..')
  const installed = join(home, 'node_modules/nofx')
  mkdirSync(join(installed, 'dist'), { recursive: true })
  cpSync(join(root, 'supabase/migrations'), join(installed, 'supabase/migrations'), { recursive: true })
  cpSync(
    buildScript(join(import.meta.dirname, '../support/list-migrations.ts')),
    join(installed, 'dist/list.mjs'),
  )
  const listed = execFileSync(process.execPath, [join(installed, 'dist/list.mjs')], {
    cwd: home,
    encoding: 'utf8',
  })
  const [first] = listMigrations()
  expect(JSON.parse(listed)).toMatchObject({
    count: listMigrations().length,
    first: readFileSync(first!.path, 'utf8'),
  })
})
