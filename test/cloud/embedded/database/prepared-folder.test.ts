import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareCatalogs, readCatalog } from '../../../../scripts/migration/catalog.mjs'
import { placePrepared } from '../../../../src/cloud/embedded/database/prepared-folder.ts'
import { openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { buildScript, runScript } from '../../support/node-script.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const PREPARED = join(ROOT, 'dist/lite/prepared.bin')
const opener = buildScript(join(import.meta.dirname, '../support/opener.ts'))

/** Tables that are not in `public`, with their rows without the times at which they were made. */
const OTHER_ROWS = `
select c.oid::regclass::text as name, query_to_xml(format('select to_jsonb(t) - %L::text[] as row from only %s t order by 1',
  array(select attname from pg_attribute where attrelid = c.oid and atttypid = 'timestamptz'::regtype), c.oid::regclass),
  true, false, '')::text as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname not in ('public', 'information_schema') order by 1`

async function look(database: string) {
  const db = new PGlite(database)
  onTestFinished(() => db.close())
  const query = async <R>(sql: string) => (await db.query<R>(sql)).rows
  return {
    catalog: await readCatalog(query),
    others: await query<{ name: string; rows: string }>(OTHER_ROWS),
  }
}

/** The introspection without the numbers of rows, which PostgreSQL estimates when it has the time. */
const withoutEstimates = (text: string): string => text.replaceAll(/"rows":\d+/g, '')

const readSchema = (root: string): string => {
  const text = readFileSync(join(root, '.nofx/schema-cache.json'), 'utf8')
  expect(text).toContain('"registry_heads"')
  // The first line has a hash of the rest.
  return text.slice(text.indexOf('\n'))
}

/** A copy of NOFX with the migrations, and without a prepared database. */
function copyWithoutPrepared(): string {
  const copy = temporaryFolder()
  cpSync(join(ROOT, 'supabase/migrations'), join(copy, 'supabase/migrations'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  cpSync(join(ROOT, 'dist/lite/thread.mjs'), join(copy, 'dist/lite/thread.mjs'))
  cpSync(opener, join(copy, basename(opener)))
  return join(copy, basename(opener))
}

test('the prepared database has what migrations make, and nothing that would be equal in two registries alone', async () => {
  const [prepared, migrated] = [temporaryFolder(), temporaryFolder()]
  const cloud = await openCloud({ root: prepared })
  // Nothing was asked of the schema, so this came with the prepared database.
  const introspection = readSchema(prepared)
  await cloud.close()
  const { stdout, stderr } = await runScript(copyWithoutPrepared(), [migrated, 'noise']).ended
  expect({ stdout, stderr }).toEqual({ stdout: 'open\ndone\n', stderr: '' })
  expect(withoutEstimates(introspection)).toBe(withoutEstimates(readSchema(migrated)))
  const [a, b] = [await look(join(prepared, '.nofx/db')), await look(join(migrated, '.nofx/db'))]
  expect(a.others.map(({ name }) => name)).toEqual(expect.arrayContaining(['storage.objects', 'auth.users']))
  expect(a.others.find(({ name }) => name === 'storage.buckets')?.rows).toContain('registry')
  // A value that differs here, such as a random one, would be the same in every registry: make it at the first open.
  expect(compareCatalogs(a.catalog, b.catalog)).toEqual([])
  expect(a.others).toEqual(b.others)
  const keys = [prepared, migrated].map((root) => readFileSync(join(root, '.nofx/keys.json'), 'utf8'))
  expect(keys[0]).not.toBe(keys[1])
})

describe('a prepared database that does not fit is not used, and nothing is written', () => {
  const whole = readFileSync(PREPARED)
  const headerEnd = whole.indexOf('\n')
  const header = whole.toString('utf8', 0, headerEnd).split(' ')
  const changed = (at: number): Buffer => {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes
  }
  const withHeader = (...words: string[]) =>
    Buffer.concat([Buffer.from(words.join(' ')), whole.subarray(headerEnd)])
  const [format = '', key = '', sha = ''] = header
  const cases: [what: string, bytes: Buffer | undefined][] = [
    ['it is missing', undefined],
    ['it is empty', Buffer.alloc(0)],
    ['it has no header', Buffer.from(format)],
    ['it is cut short', whole.subarray(0, -1)],
    ['it ends after its header', whole.subarray(0, headerEnd + 1)],
    ['a byte of it is damaged', changed(headerEnd + 1000)],
    ['its last byte is damaged', changed(whole.length - 1)],
    ['it is of other migrations or another PGlite', withHeader(format, key.replace(/^./, 'x'), sha)],
    ['it is of another format', withHeader('nofx-prepared-0', key, sha)],
  ]
  test.each(cases)('%s', (_what, bytes) => {
    const folder = temporaryFolder()
    const [file, partial] = [join(folder, 'prepared.bin'), join(folder, 'db.partial')]
    if (bytes) writeFileSync(file, bytes)
    expect(placePrepared({ partial }, file)).toBeUndefined()
    expect(existsSync(partial)).toBe(false)
  })

  test('and the whole file is used', () => {
    const partial = join(temporaryFolder(), 'db.partial')
    expect(JSON.parse(placePrepared({ partial }, PREPARED) ?? '')).toHaveProperty('tables')
    expect(readFileSync(join(partial, 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/)
  })
})

test('a database that is written half is removed if an error stops it, and by the next open after a kill', async () => {
  const root = temporaryFolder()
  const partial = join(root, '.nofx/db.partial')
  mkdirSync(join(partial, 'base/5'), { recursive: true })
  writeFileSync(join(partial, 'PG_VERSION'), '17\n')
  expect(() => placePrepared({ partial }, PREPARED)).toThrow(/EEXIST/)
  expect(existsSync(partial)).toBe(false)
  mkdirSync(join(partial, 'base/5'), { recursive: true })
  writeFileSync(join(partial, 'base/5/1'), 'half a file')
  const cloud = await openCloud({ root })
  onTestFinished(() => cloud.close())
  expect((await cloud.client.from('registry_heads').select('id')).error).toBeNull()
  expect(existsSync(partial)).toBe(false)
})
