import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareCatalogs, readCatalog } from '../../scripts/migration/catalog.mjs'
import { checkMigrations, recordMigrations } from '../../scripts/migration/checksums.mjs'
import { readSchemas } from '../../scripts/migration/schemas.mjs'
import { readMigrations } from '../harness/prepare.ts'
import { ENGINES } from './support/engines.ts'

const migrations = readMigrations()

test('every migration has a sortable name, a reason at the top and its own version', () => {
  for (const { name, sql } of migrations) {
    expect(name).toMatch(/^\d{14}_(create|insert|alter|drop|replace|add|remove|change)(_[a-z]+)+\.sql$/)
    expect(sql, name).toMatch(/^-- \S.{20,}/)
    expect(sql, name).not.toContain('Say here why')
  }
  expect(new Set(migrations.map(({ name }) => name.slice(0, 14))).size).toBe(migrations.length)
})

test('a recorded migration is never edited: a change goes to supabase/schemas, and npm run migration writes the next file', () => {
  expect(checkMigrations()).toEqual([])
})

test('an edited, deleted or unrecorded migration is reported', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-recorded-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const record = join(folder, 'record')
  writeFileSync(record, '')
  const files = ['20260101000001_create_a.sql', '20260101000002_create_b.sql', '20260101000003_create_c.sql']
  for (const name of files.slice(0, 2)) writeFileSync(join(folder, name), 'select 1;')
  expect(recordMigrations(record, folder)).toEqual(files.slice(0, 2))
  expect(checkMigrations(record, folder)).toEqual([])
  writeFileSync(join(folder, files[0]!), 'select 2;')
  rmSync(join(folder, files[1]!))
  writeFileSync(join(folder, files[2]!), 'select 3;')
  expect(recordMigrations(record, folder)).toEqual([files[2]])
  expect(checkMigrations(record, folder)).toEqual([
    `${files[1]} is missing: restore it`,
    `${files[0]} was changed after it was recorded: restore it, and write the next one with npm run migration`,
  ])
})

test('a schema file revokes and grants every object that it creates', () => {
  const statements = readSchemas()
  const tables = statements.filter(({ sql }) => /^create (unlogged )?table /.test(sql))
  const functions = statements.filter(({ sql }) => sql.startsWith('create function '))
  expect(tables.length).toBeGreaterThan(15)
  expect(functions.length).toBeGreaterThan(90)
  for (const { on, file } of [...tables, ...functions]) {
    const beside = statements.filter((one) => one.on === on && one.file === file).map(({ sql }) => sql)
    const closed = beside.filter((sql) =>
      /^revoke all on [^;]* from public, anon, authenticated, service_role;$/.test(sql.replace(/\s+/g, ' ')),
    )
    expect(closed, `${on} in ${file}.sql`).toHaveLength(1)
    if (tables.some((table) => table.on === on))
      expect(beside, `${on} in ${file}.sql`).toContain(`alter table ${on} enable row level security;`)
  }
  for (const { sql, on } of functions)
    if (/security definer/.test(sql)) expect(sql, on).toContain(`security definer\nset search_path = ''`)
})

test('migrations change only rows and policies of Supabase’s storage', () => {
  const changes = migrations.flatMap(
    ({ sql }) => sql.match(/^(alter|create|drop|grant|revoke)[^;]*\bstorage\.[^;]*;/gm) ?? [],
  )
  const others = changes.filter((one) => !/^(create|drop) policy |^create (or replace )?function /.test(one))
  expect(others).toEqual([])
})

describe.each(ENGINES)('the migrations on $engine', ({ create }) => {
  test.each([
    ['whole', 'create table public.registry_heads (hold text[])'],
    [
      'begun',
      'create function public.registry_is_publisher() returns boolean language sql as $$ select true $$',
    ],
  ])('the migrations change nothing in the registry of an earlier NOFX: %s', async (_, made) => {
    const db = await create({ migrated: false })
    await db.run(made)
    const before = await readCatalog(db.query)
    await expect(db.run(migrations[0]!.sql)).rejects.toMatchObject({
      message: expect.stringContaining('the registry of an earlier NOFX, which cannot be migrated'),
      hint: 'use an empty database or project, and publish again',
    })
    expect(compareCatalogs(before, await readCatalog(db.query))).toEqual([])
    await db.drop()
  })

  test('the migrations apply to a fresh database, even if new objects are granted to every role by default', async () => {
    const db = await create({ migrated: false })
    await db.run(`
      alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
      alter default privileges in schema public grant all on functions to anon, authenticated, service_role;`)
    for (const { sql } of migrations) await db.run(sql)
    const open = await db.query(`
      select c.relname as name from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as r(role)
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and has_table_privilege(role, c.oid, 'insert, update, delete, truncate')
      union all
      select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace
        and has_function_privilege('anon', p.oid, 'execute') and p.proname not in ('registry_is_publisher', 'registry_is_held', 'registry_is_disabled', 'registry_mark_of', 'registry_list', 'registry_counts', 'registry_dependents', 'registry_events_since')`)
    expect(open).toEqual([])
    await db.drop()
  })
})
