import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query, TestDatabase } from '../harness/database.ts'
import { createPgliteDatabase } from '../harness/pglite.ts'
import { RegistryUnderTest, stagedItem } from './support/registry-under-test.ts'

const KIND = 'versioned'
const BUNDLE = stagedItem({ id: 'a' }, KIND)
const NAMES = [BUNDLE.bundle_path, `preview-gone/${BUNDLE.bundle_path}`, 'reports/orphan']
const COLUMNS = `alter table storage.objects add column archived_at timestamptz, add column is_delete_marker boolean`
let db: TestDatabase

interface StoredObject {
  path: string
  object: string
}
let release: string

beforeAll(async () => {
  db = await createPgliteDatabase()
  const registry = new RegistryUnderTest(db, KIND)
  const published = await registry.publish([{ id: 'a' }])
  await registry.stage([{ id: 'a' }], { key: 'hashed' })
  release = published.releaseId as string
  await db.query(
    `insert into storage.objects (bucket_id, name, metadata, created_at)
     select 'registry', name, '{"size": 1}', now() - interval '1 day' from unnest($1::text[]) as name`,
    [NAMES.slice(1)],
  )
})
afterAll(() => db.drop())

/** What each function that reads from storage finds of the objects above. */
async function found(query: Query): Promise<Record<string, unknown>> {
  const ask = async (call: string, ...values: unknown[]) =>
    (await query<{ answer: unknown }>(`select public.${call} as answer`, values))[0]?.answer
  /** The path of the bundle, unless the call is refused. */
  const unlessRefused = async (call: string, ...values: unknown[]) => {
    await query('savepoint checking')
    const isFound = await ask(call, ...values).then(
      () => true,
      () => false,
    )
    await query('rollback to savepoint checking')
    return isFound ? [NAMES[0]] : []
  }
  const stored = (await ask('registry_stored_objects($1::jsonb)', [BUNDLE.bundle_path])) as StoredObject[]
  await query(
    `update public.registry_staged set bundle_object = coalesce($1,
       (select concat_ws(' ', id, version) from storage.objects where name = bundle_path limit 1)) where key = 'hashed'`,
    [stored[0]?.object],
  )
  return {
    registry_check_bundles: await unlessRefused('registry_check_bundles($1)', release),
    registry_check_objects: await unlessRefused(`registry_check_objects('owner', 'hashed')`),
    registry_stored_objects: stored.map(({ path }) => path),
    registry_stored_bundles: await ask('registry_stored_bundles($1::jsonb)', [
      { path: BUNDLE.bundle_path, size: BUNDLE.bundle_size },
    ]),
    registry_preview_objects: await ask(`registry_preview_objects('gone')`),
    registry_preview_expired: await ask('registry_preview_expired()'),
    registry_prune_reports: await ask('registry_prune_reports()'),
    registry_erased_objects: await ask('registry_erased_objects($1::jsonb)', {
      kind: KIND,
      id: 'a',
      digest: BUNDLE.digest,
    }),
  }
}

const [bundle, preview, report] = NAMES
const EVERYTHING = {
  registry_check_bundles: [bundle],
  registry_check_objects: [bundle],
  registry_stored_bundles: [bundle],
  registry_stored_objects: [bundle],
  registry_preview_objects: [preview],
  registry_preview_expired: ['gone'],
  registry_prune_reports: [report],
  registry_erased_objects: [report, bundle].sort(),
}
const NOTHING = Object.fromEntries(Object.keys(EVERYTHING).map((name) => [name, []]))

/** What is found after these statements, which are rolled back. */
async function foundAfter(...statements: string[]): Promise<Record<string, unknown>> {
  let seen: Record<string, unknown> = {}
  const done = new Error('take back')
  await db
    .transaction(async (query) => {
      for (const statement of statements) await query(statement)
      seen = await found(query)
      throw done
    })
    .catch((error: unknown) => {
      if (error !== done) throw error
    })
  return seen
}

describe('an object in storage is recognised', () => {
  const rows: [string, string[], Record<string, unknown>][] = [
    ['where storage keeps no versions', [], EVERYTHING],
    ['as the current version', [COLUMNS], EVERYTHING],
    [
      'as the current version that says it is not a marker',
      [COLUMNS, 'update storage.objects set is_delete_marker = false'],
      EVERYTHING,
    ],
    ['not as an older version', [COLUMNS, 'update storage.objects set archived_at = now()'], NOTHING],
    ['not as a delete marker', [COLUMNS, 'update storage.objects set is_delete_marker = true'], NOTHING],
    [
      'not as a delete marker where storage has no archive',
      [
        COLUMNS,
        'alter table storage.objects drop archived_at',
        'update storage.objects set is_delete_marker = true',
      ],
      NOTHING,
    ],
    [
      'once, beside an older version of another size',
      [
        COLUMNS,
        'alter table storage.objects drop constraint objects_bucket_id_name_key',
        `update storage.objects set archived_at = now()`,
        `insert into storage.objects (bucket_id, name, metadata, created_at)
         select bucket_id, name, metadata, created_at from storage.objects`,
        `update storage.objects set metadata = '{"size": 7}' where archived_at is not null`,
      ],
      EVERYTHING,
    ],
  ]
  it.each(rows)('%s', async (_name, statements, expected) => {
    expect(await foundAfter(...statements)).toEqual(expected)
  })

  it('in the same way by every function that reads objects', async () => {
    const readers = await db.query<{ name: string }>(
      `select proname as name from pg_proc
       where pronamespace = 'public'::regnamespace and prosrc ~ 'storage\\.objects' order by 1`,
    )
    expect(readers.map(({ name }) => name)).toEqual(Object.keys(EVERYTHING).sort())
  })
})
