import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { type CatalogObject, compareCatalogs, readCatalog } from '../../../scripts/migration/catalog.mjs'
import { openCloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/**
 * Turns a prepared database into one of earlier migrations: other versions in the Supabase CLI's table, another type of
 * holds.
 */
const EARLIER = `
delete from supabase_migrations.schema_migrations;
insert into supabase_migrations.schema_migrations (version, name)
values ('20261123000100', 'create_registry_is_publisher'), ('20261123000400', 'create_registry_heads');
alter table public.registry_heads drop column hold cascade, add column hold text[];`

const WHAT = 'has the registry of an earlier NOFX, which cannot be migrated; nothing was changed'

async function look(folder: string, script = ''): Promise<CatalogObject[]> {
  const db = new PGlite(folder)
  try {
    await db.exec(script)
    return await readCatalog(async <R>(sql: string) => (await db.query<R>(sql)).rows)
  } finally {
    await db.close()
  }
}

test('the .nofx of an earlier NOFX stops every command, keeps its data, and is set aside as the hint says', async () => {
  const root = temporaryFolder()
  await placeEmbedded(root)
  const database = join(root, '.nofx/db')
  const before = await look(database, EARLIER)
  const stopped = await openCloud({ root }).catch((error: unknown) => error)
  expect(stopped).toMatchObject({
    code: 'EMBEDDED_CORRUPT',
    message: `"${database}" ${WHAT}`,
    hint: expect.stringMatching(/^set it aside and publish again: mv /),
  })
  expect(compareCatalogs(before, await look(database))).toEqual([])
  const [, command] = /publish again: (.*)$/.exec((stopped as { hint: string }).hint) ?? []
  execFileSync('sh', ['-c', command!])
  expect(existsSync(join(root, '.nofx.broken/db'))).toBe(true)
  const cloud = await openCloud({ root })
  onTestFinished(() => cloud.close())
  expect((await cloud.client.from('registry_heads').select('id')).data).toEqual([])
})

test('a PostgreSQL with the registry of an earlier NOFX is refused before anything is changed', async () => {
  const made = await openedDatabase()
  const sql = postgres(made.url, { max: 1, onnotice: () => {} })
  onTestFinished(async () => {
    await sql.end()
    await made.drop()
  })
  await sql.unsafe(EARLIER).simple()
  const query = async <R>(text: string) => [...(await sql.unsafe(text))] as R[]
  const before = await readCatalog(query)
  await expect(openCloud({ root: temporaryFolder(), databaseUrl: made.url })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringMatching(new RegExp(`^the database postgres://\\S+ ${WHAT}$`)),
    hint: 'name an empty database in NOFX_DATABASE_URL, and publish again: nofx registry publish',
  })
  expect(compareCatalogs(before, await readCatalog(query))).toEqual([])
  expect(await sql`select version from supabase_migrations.schema_migrations order by 1`).toHaveLength(2)
})
