import { beforeAll, expect, test } from 'vitest'
import type { Query, Row } from '../harness/database.ts'
import { READS } from './support/access-cases.ts'
import { writeAccessHistory } from './support/access-history.ts'
import { CALLERS, FUNCTIONS, type Name, PRIVATE, TABLES, VIEWS } from './support/access-matrix.ts'
import { onBothEngines } from './support/engines.ts'

const VERBS = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']

const named = (allowed: Record<string, Name[]>) =>
  Object.fromEntries(Object.entries(allowed).map(([object, names]) => [object, [...names].sort()]))

/** For each object, the callers whose role has the privilege, from the catalog. */
async function granted(query: Query, sql: string): Promise<Record<string, string[]>> {
  const rows = await query<{ object: string; roles: string[] }>(sql)
  return Object.fromEntries(
    rows.map(({ object, roles }) => {
      const names = Object.entries(CALLERS).filter(([, caller]) => roles.includes(caller.role))
      return [object, names.map(([name]) => name).sort()]
    }),
  )
}

const ROLES = `unnest(array['anon', 'authenticated', 'service_role']) as r(name)`
const RELATIONS = `pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`

onBothEngines('access', (db) => {
  beforeAll(() => writeAccessHistory(db()))

  test.each(VERBS)('to tables and views: %s is granted exactly as the matrix says', async (verb) => {
    const allowed = await granted(
      db().query,
      `select c.relname as object, array(select name from ${ROLES}
         where has_table_privilege(name, c.oid, '${verb}')
           ${['select', 'insert', 'update', 'references'].includes(verb) ? `or has_any_column_privilege(name, c.oid, '${verb}')` : ''}) as roles
       from ${RELATIONS}`,
    )
    const expected = named(
      verb === 'select' ? TABLES : Object.fromEntries(Object.keys(TABLES).map((name) => [name, []])),
    )
    expect(allowed).toEqual(expected)
  })

  test('to columns: only the service role reads private columns', async () => {
    const rows = await db().query<{ object: string; columns: string[] }>(
      `select c.relname as object, array(select attname::text from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped
           and not has_column_privilege('anon', c.oid, attnum, 'select')
           and not has_column_privilege('authenticated', c.oid, attnum, 'select') order by attnum) as columns
       from ${RELATIONS} and has_any_column_privilege('anon', c.oid, 'select')`,
    )
    const hidden = Object.fromEntries(
      rows.filter((row) => row.columns.length).map((row) => [row.object, [...row.columns].sort()]),
    )
    expect(hidden).toEqual(
      Object.fromEntries(Object.entries(PRIVATE).map(([name, columns]) => [name, [...columns].sort()])),
    )
  })

  test('to functions: execution is granted as the matrix says, and definers fix their search path', async () => {
    const functions = `pg_proc p where p.pronamespace = 'public'::regnamespace`
    const allowed = await granted(
      db().query,
      `select p.proname as object, array(select name from ${ROLES} where has_function_privilege(name, p.oid, 'execute')) as roles from ${functions}`,
    )
    expect(allowed).toEqual(named(FUNCTIONS))
    const loose = await db().query(
      `select proname from ${functions} and not 'search_path=""' = any (coalesce(proconfig, '{}'))`,
    )
    expect(loose).toEqual([])
  })

  test('to schemas: no role creates objects in public, and every table has row security', async () => {
    const open = await db().query(
      `select c.relname from ${RELATIONS} and c.relkind = 'r' and not c.relrowsecurity`,
    )
    expect(open).toEqual([])
    const [bucket] = await db().query(`select public from storage.buckets where id = 'registry'`)
    expect(bucket).toEqual({ public: false })
  })

  test('to rows: a signed-in user reads what the public reads, and publishers read the rest', async () => {
    const policies = await db().query<{ table: string; public: string; user: string }>(
      `select c.relname as table, pg_get_expr(a.polqual, c.oid) as public, pg_get_expr(u.polqual, c.oid) as user
       from pg_class c
       join pg_policy a on a.polrelid = c.oid and a.polroles = array['anon'::regrole::oid]
       join pg_policy u on u.polrelid = c.oid and u.polroles = array['authenticated'::regrole::oid]
       where c.relnamespace = 'public'::regnamespace order by 1`,
    )
    const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ')
    const isPublisher = '( SELECT registry_is_publisher() AS registry_is_publisher)'
    expect(policies.map(({ table, user }) => [table, flat(user)])).toEqual(
      policies.map((one) => [one.table, `(${isPublisher} OR ${flat(one.public)})`]),
    )
    expect(policies.map(({ table }) => table)).toContain('registry_revisions')
  })

  test.each(Object.entries(VIEWS))(
    'select * from %s reads the public columns of %s, and the same rows',
    async (view, table) => {
      const columns = await db().query<{ name: string }>(
        `select attname::text as name from pg_attribute where attrelid = 'public.${table}'::regclass and attnum > 0
         and not attisdropped and has_column_privilege('anon', attrelid, attnum, 'select')`,
      )
      const list = columns.map(({ name }) => name).sort()
      for (const [name, caller] of Object.entries(CALLERS)) {
        const read = (what: string) =>
          db().as(caller, (query) => query(`select ${what} order by kind, id, version`))
        const rows = await read(`* from public.${view}`)
        expect(rows.length, name).toBeGreaterThan(0)
        expect(Object.keys(rows[0] ?? {}).sort(), name).toEqual(list)
        expect(rows, name).toEqual(
          await read(`${columns.map((one) => one.name).join()} from public.${table}`),
        )
      }
    },
  )

  test.each(READS)('%s returns to each caller the rows that the caller may see', async (sql, expected) => {
    const seen: Row = {}
    for (const [name, caller] of Object.entries(CALLERS))
      seen[name] = await db()
        .as(caller, (query) => query<{ id: string }>(sql))
        .then(
          (rows) => rows.map((row) => row.id).sort(),
          (error: { code: string }) => [error.code],
        )
    expect(seen).toEqual(expected)
  })
})
