import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareCatalogs, readCatalog } from '../../scripts/migration/catalog.mjs'
import { schemaScript } from '../../scripts/migration/schemas.mjs'
import type { PostgresDatabase } from '../harness/postgres.ts'
import { OWNER } from '../harness/postgres-server.ts'
import { readMigrations } from '../harness/prepare.ts'
import { emptyProject } from './support/empty-project.ts'

const cli = process.env.NOFX_SUPABASE_CLI
if (!cli) console.warn('skipped: the Supabase CLI (npm run check:supabase installs it and comes back)')

const migrations = readMigrations()
const versions = migrations.map(({ name }) => name.slice(0, 14))

/** `supabase db push` from a checkout with our migrations. */
async function push(db: PostgresDatabase): Promise<{ code: number; output: string }> {
  const checkout = mkdtempSync(join(tmpdir(), 'nofx-push-'))
  onTestFinished(() => rmSync(checkout, { recursive: true, force: true }))
  cpSync('supabase', join(checkout, 'supabase'), { recursive: true })
  const url = db.url.replace('//postgres@', `//${OWNER}@`)
  const args = ['db', 'push', '--yes', '--db-url', `${url}?sslmode=disable`]
  const env = { ...process.env, HOME: checkout, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  return promisify(execFile)(String(cli), args, { cwd: checkout, env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error) => ({ code: Number(error.code), output: error.stdout + error.stderr }),
  )
}

describe.skipIf(!cli)('supabase db push', () => {
  test('makes the database that the schema files describe, once', async () => {
    const db = await emptyProject()
    expect(await push(db)).toMatchObject({ code: 0, output: expect.stringContaining(migrations[0]!.name) })
    const applied = await db.query('select version from supabase_migrations.schema_migrations order by 1')
    expect(applied.map(({ version }) => version)).toEqual(versions)
    const described = await emptyProject()
    await described.run(`set role ${OWNER};\n${schemaScript()}`)
    expect(compareCatalogs(await readCatalog(described.query), await readCatalog(db.query))).toEqual([])
    expect(await push(db)).toMatchObject({ code: 0, output: expect.stringContaining('up to date') })
  })

  test('refuses the registry of an earlier NOFX and changes nothing of it', async () => {
    const db = await emptyProject()
    await db.run(`create table public.registry_heads (hold text[]);`)
    const before = await readCatalog(db.query)
    const { code, output } = await push(db)
    expect(code).not.toBe(0)
    expect(output).toContain('this database has the registry of an earlier NOFX, which cannot be migrated')
    expect(output).toContain('use an empty database or project, and publish again')
    expect(compareCatalogs(before, await readCatalog(db.query))).toEqual([])
  })

  test('refuses versions that it does not know', async () => {
    const db = await emptyProject()
    await db.run(`
      create schema supabase_migrations authorization ${OWNER};
      set role ${OWNER};
      create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
      insert into supabase_migrations.schema_migrations (version) values ('20261123000100');
      create table public.registry_heads (hold text[]);`)
    const before = await readCatalog(db.query)
    const { code, output } = await push(db)
    expect(code).not.toBe(0)
    expect(output).toContain('20261123000100')
    expect(compareCatalogs(before, await readCatalog(db.query))).toEqual([])
  })
})
