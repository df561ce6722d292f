import { describe, expect, test } from 'vitest'
import { readMigrations } from '../harness/prepare.ts'
import { ENGINES } from './engines.ts'

const migrations = readMigrations()

test('every migration has a sortable name, a reason on top and one intent', () => {
  for (const { name, sql } of migrations) {
    expect(name).toMatch(/^\d{14}_(create|insert|alter|drop|replace|refuse)_[a-z_]+\.sql$/)
    expect(sql).toMatch(/^-- \S.{20,}/)
    expect(
      sql.match(/^create (unlogged |or replace )?(table|view|function)/gm)?.length ?? 0,
      name,
    ).toBeLessThanOrEqual(1)
  }
  expect(new Set(migrations.map(({ name }) => name.slice(0, 14))).size).toBe(migrations.length)
})

test('whatever a migration creates, it closes and opens again in the same file', () => {
  for (const { name, sql } of migrations) {
    const table = /^create (?:unlogged )?table (\S+)/m.exec(sql)?.[1]
    const routine = /^create function (\S+?)\(/m.exec(sql)?.[1]
    if (table) {
      expect(sql, name).toContain(`alter table ${table} enable row level security;`)
      expect(sql, name).toContain(`revoke all on ${table} from public, anon, authenticated, service_role;`)
    }
    if (routine)
      expect(sql.replace(/\n\s+/g, ' '), name).toMatch(
        new RegExp(
          `revoke all on function ${routine}\\([^;]* from public, anon, authenticated, service_role;`,
        ),
      )
    if (/security definer/.test(sql)) expect(sql, name).toContain(`security definer\nset search_path = ''`)
  }
})

test('what a migration replaces was there before, so that its grants stay', () => {
  const created: string[] = []
  for (const { name, sql } of migrations) {
    const [, replaced] = /^create or replace function (\S+?)\(/m.exec(sql) ?? []
    if (replaced) {
      expect(created, name).toContain(replaced)
      expect(sql, name).not.toMatch(/^(grant|revoke)/m)
    }
    created.push(...[...sql.matchAll(/^create function (\S+?)\(/gm)].map((match) => match[1]!))
  }
})

test("of Supabase's storage they change what its owner lets them: rows and policies", () => {
  const changes = migrations.flatMap(
    ({ sql }) => sql.match(/^(alter|create|drop|grant|revoke)[^;]*\bstorage\.[^;]*;/gm) ?? [],
  )
  const others = changes.filter((one) => !/^(create|drop) policy |^create (or replace )?function /.test(one))
  expect(others).toEqual([])
})

describe.each(ENGINES)('on $engine', ({ create }) => {
  test('a registry of the earlier migrations is stopped before anything of it changes', async () => {
    const db = await create({ migrated: false })
    const [refusal, ...later] = migrations.filter(({ name }) => name >= '20261129')
    expect(later.length).toBeGreaterThan(0)
    await db.run('create table public.registry_heads (hold text[])')
    await expect(db.run(refusal!.sql)).rejects.toThrow('made by an earlier nofx and cannot be migrated')
    await db.drop()
  })

  test('the migrations apply to a fresh database, also where new objects are granted to everybody', async () => {
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
        and has_function_privilege('anon', p.oid, 'execute') and p.proname not in ('registry_is_publisher', 'registry_is_held', 'registry_list', 'registry_events_since')`)
    expect(open).toEqual([])
    await db.drop()
  })
})
