import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { compareCatalogs, readCatalog } from '../../scripts/migration/catalog.mjs'
import { readMigrations } from '../../scripts/migration/databases.mjs'
import { planMigration } from '../../scripts/migration/forward.mjs'
import { readSchemas, type SchemaStatement, schemaScript } from '../../scripts/migration/schemas.mjs'
import { splitSql } from '../../scripts/migration/statements.mjs'
import type { TestDatabase } from '../harness/database.ts'
import { createDatabase } from '../harness/postgres.ts'
import { OWNER } from '../harness/postgres-server.ts'

let db: TestDatabase
beforeAll(async () => {
  // Made as the databases that it is compared with: by their owner.
  db = await createDatabase({ migrated: false })
  await db.run(`set role ${OWNER};\n${readMigrations().join('\n')}`)
})
afterAll(() => db.drop())

/** The schema files after an author's edits: replacements in the statement that has the text, and new statements. */
function edited(edits: readonly (readonly [string, string])[], added = ''): SchemaStatement[] {
  let statements = readSchemas()
  for (const [from, to] of edits) {
    const place = statements.findIndex(({ sql }) => sql.includes(from))
    expect(place, from).toBeGreaterThanOrEqual(0)
    statements = statements.map((one, index) =>
      index === place ? { ...one, sql: one.sql.replace(from, () => to) } : one,
    )
  }
  const extra = splitSql(added).map((statement) => ({ ...statement, file: 'extra' }))
  return [...statements.filter(({ sql }) => sql !== ''), ...extra]
}

/** The steps from the migrated database to these schema files, and the differences after they ran. */
async function migrateTo(statements: SchemaStatement[]) {
  const fresh = await createDatabase({ migrated: false })
  await fresh.run(`set role ${OWNER};\n${schemaScript(statements)}`)
  const after = await readCatalog(fresh.query)
  await fresh.drop()
  const steps = planMigration(compareCatalogs(await readCatalog(db.query), after), statements)
  const undone = new Error('only looked at')
  let left: string[] = []
  await expect(
    db.transaction(async (query) => {
      await query(`set local role ${OWNER}`)
      for (const { sql } of steps) for (const one of divided(sql)) await query(one)
      left = compareCatalogs(await readCatalog(query), after).map(({ object }) => object)
      throw undone
    }),
  ).rejects.toBe(undone)
  return {
    script: steps.map(({ sql }) => sql).join('\n'),
    checks: steps.flatMap(({ check }) => check ?? []),
    left,
  }
}

/** The statements of a step; a comment alone is not a statement. */
function divided(sql: string): string[] {
  const text = sql.replace(/^--.*\n?/gm, '')
  return text.match(/(?:\$(\w*)\$[\s\S]*?\$\1\$|[^;$])+;/g) ?? []
}

test('a migration contains a changed function whole, with its comment and its grants', async () => {
  const { script, checks, left } = await migrateTo(
    edited([['its limit of webhooks: 100', 'its limit of webhooks: a hundred']]),
  )
  expect(script).toMatch(
    /^-- Adds a webhook.*\ncreate or replace function public.registry_add_webhook\(p_request jsonb\)/,
  )
  expect(script).toContain('its limit of webhooks: a hundred')
  expect(script).toMatch(/grant execute on function public.registry_add_webhook\(jsonb\) to service_role;$/)
  expect(script.match(/create or replace/g)).toHaveLength(1)
  expect({ checks, left }).toEqual({ checks: [], left: [] })
})

test('a migration is empty if only comments or nothing changed', async () => {
  const statements = readSchemas().map((statement) => ({ ...statement, comment: '-- another word' }))
  expect(await migrateTo(statements)).toEqual({ script: '', checks: [], left: [] })
})

test('a migration adds and drops functions, changes their arguments and grants them to other roles', async () => {
  const { script, left } = await migrateTo(
    edited([
      [
        'function public.registry_blank_metadata(p_id text)',
        'function public.registry_blank_metadata(p_name text)',
      ],
      ["'name', p_id", "'name', p_name"],
      ['grant execute on function public.registry_list_webhooks() to service_role;', ''],
      ['create function public.registry_next_time()', 'create function public.registry_later_time()'],
      [
        'revoke all on function public.registry_next_time()',
        'revoke all on function public.registry_later_time()',
      ],
    ]),
  )
  expect(left).toEqual([])
  expect(script).toContain('drop function public.registry_next_time();')
  expect(script).not.toContain('create or replace function public.registry_list_webhooks')
})

test('a migration replaces a view that changed, drops one and adds one', async () => {
  const gone = readSchemas().flatMap(({ on, sql }) =>
    on === 'public.registry_definitions' ? [[sql, ''] as const] : [],
  )
  const { script, checks, left } = await migrateTo(
    edited(
      [['select agent_id, kind, id, state, version,', 'select agent_id, id, state, version,'], ...gone],
      'create view public.registry_extra as select 1 as one; grant select on public.registry_extra to anon;',
    ),
  )
  expect({ checks, left }).toEqual({ checks: [], left: [] })
  expect(script).toContain('drop view public.registry_definitions;')
  expect(script).not.toContain('registry_templates')
})

test('a migration changes tables, columns, constraints, indexes, policies and triggers, and marks what a person must check', async () => {
  const { checks, left } = await migrateTo(
    edited(
      [
        // A column of the heads is also a column of their children, and functions that loops create contain it in
        // their texts.
        [
          "generated always as (hold <> '[]') stored,\n  primary key (kind, id),",
          "generated always as (hold <> '[]') stored,\n  note text,\n  primary key (kind, id),",
        ],
        [
          '  manifests text\n',
          "  manifests text,\n  place text not null default 'here' check (place <> ''),\n  size bigint not null\n",
        ],
        ['  old_secret_until timestamptz\n', ''],
        ['  old_secret text,\n', '  old_secret text\n'],
        ['attempts integer not null default 0', 'attempts bigint not null default 1'],
        ['  singular text not null\n', '  singular text\n'],
        ['create index registry_events_definition on public.registry_events (kind, id, seq);', ''],
        ['create index registry_events_release on', 'create index registry_events_of_release on'],
        ["using (bucket_id = 'registry' and", "using (bucket_id = 'others' and"],
        [
          "for select to anon using (audience = 'public')",
          "for select to anon using (audience <> 'publisher')",
        ],
        [
          'for each statement execute function public.registry_tell_events()',
          'for each row execute function public.registry_refuse_change()',
        ],
        ['  referencing new table as inserted\n', ''],
        ['check (event_count >= 0)', 'check (event_count >= 1)'],
        [
          'grant select on public.registry_kinds to anon, authenticated, service_role;',
          'grant select on public.registry_kinds to service_role;',
        ],
        ['    rollback_advice)\n', '    rollback_advice, hold)\n'],
        ['created_at, withdrawn_at)\n', 'created_at)\n'],
      ],
      `-- Notes that people leave.
      create table public.registry_notes (id bigint primary key, note text not null);
      create index registry_notes_note on public.registry_notes (note);
      alter table public.registry_notes enable row level security;
      revoke all on public.registry_notes from public, anon, authenticated, service_role;
      grant select on public.registry_notes to service_role;
      create policy publishers_read on public.registry_notes
        for select to authenticated using ((select public.registry_is_publisher()));
      create trigger append_only before delete on public.registry_notes
        for each statement execute function public.registry_refuse_change();`,
    ),
  )
  expect(left).toEqual([])
  expect(checks.join('\n')).toContain('the values of column registry_webhooks.old_secret_until are lost')
  expect(checks.join('\n')).toContain('every value of public.registry_webhooks.attempts is converted')
  expect(checks.join('\n')).toContain(
    'rows that exist have no value for column registry_validation_reports.size',
  )
})

test('a migration drops a table with all its objects, and leaves rows to a person', async () => {
  const gone = edited([]).filter(({ on }) => on !== 'public.registry_used_tokens')
  const { checks, script, left } = await migrateTo(
    edited([
      [
        'insert into public.registry_counter default values;',
        'insert into public.registry_counter (seq) values (1);',
      ],
    ]).filter((one) => gone.some(({ sql }) => sql === one.sql) || one.part === 'row'),
  )
  expect(script).toContain('drop table public.registry_used_tokens;')
  expect(checks).toContain('rows of registry_counter differs: write the statement')
  expect(left).toEqual(['rows of registry_counter'])
})

test('npm run migration writes the next file, records it once it has a reason, and then finds no difference', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'nofx-migration-'))
  onTestFinished(() => rmSync(checkout, { recursive: true }))
  for (const path of ['scripts', 'supabase']) cpSync(path, join(checkout, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'))
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/migration.mjs', ...args], {
      cwd: checkout,
      encoding: 'utf8',
    })
    return { status, output: stdout + stderr }
  }
  const webhooks = join(checkout, 'supabase/schemas/webhooks.sql')
  writeFileSync(
    webhooks,
    readFileSync(webhooks, 'utf8').replace('limit of webhooks: 100', 'limit of webhooks: a hundred'),
  )
  expect(run()).toEqual({
    status: 1,
    output: expect.stringContaining('function registry_add_webhook(jsonb), definition: not the same'),
  })
  expect(run('webhooks')).toEqual({
    status: 1,
    output: expect.stringContaining('"webhooks" is not <verb>_<noun>'),
  })
  expect(run('change_registry_add_webhook')).toMatchObject({ status: 0 })
  const name = readdirSync(join(checkout, 'supabase/migrations')).sort().at(-1)!
  expect(name).toMatch(/^\d{14}_change_registry_add_webhook\.sql$/)
  expect(run()).toEqual({ status: 1, output: `${name}: say on top why\n` })
  const path = join(checkout, 'supabase/migrations', name)
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(/^--.*/, '-- The limit of webhooks is said in words.'),
  )
  expect(run()).toMatchObject({ status: 0, output: expect.stringContaining(`recorded ${name}`) })
  expect(readFileSync(join(checkout, 'supabase/migrations.sha256'), 'utf8')).toContain(name)
  expect(run('change_nothing').output).toBe('nothing to do: the migrations make what the schema files say\n')
})
