import { StorageClient } from '@supabase/storage-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { type CloudDatabase, openedDatabase } from '../../../harness/cloud-database.ts'
import { temporaryRoot } from '../../support/temporary-folder.ts'

const root = temporaryRoot()
let database: CloudDatabase
let cloud: Cloud
/** The official client, unmodified, as an application has it. */
let bucket: ReturnType<StorageClient['from']>

/** Objects with the sizes of their bytes; undefined for one that has none. */
const OBJECTS: Record<string, number | undefined> = {
  'agents/a/1.gz': 3,
  'agents/a/2.gz': 4,
  'agents/b.gz': 5,
  'agents/lost.gz': undefined,
  'agents/z/1.gz': 0,
  'agents%/x.gz': 1,
  'agents_/x.gz': 1,
  'Agents/x.gz': 1,
}

beforeAll(async () => {
  database = await openedDatabase()
  const entries = Object.entries(OBJECTS).map(([name, size], at) => ({ name, size: size ?? null, at }))
  await database.query(
    `with o as (select * from jsonb_to_recordset($1) as o(name text, size int, at int)), row as (
       insert into storage.objects (bucket_id, name, metadata, created_at, updated_at, last_accessed_at)
       select 'registry', name, jsonb_build_object('size', 99, 'eTag', name), t.at, t.at, t.at
       from o, lateral (select timestamptz '2026-01-01' - o.at * interval '1 day' as at) t)
     insert into nofx_storage.bytes (bucket, key, etag, body)
     select 'registry', name, name, decode(repeat('00', size), 'hex') from o where size is not null`,
    [entries],
  )
  cloud = await openCloud({ root: root.path, databaseUrl: database.url })
  bucket = bucketFor(cloud.keys.secret)
}, 120_000)
afterAll(async () => {
  await cloud?.close()
  await database?.drop()
  root.remove()
})

function bucketFor(key: string) {
  const headers = { apikey: key, authorization: `Bearer ${key}` }
  return new StorageClient('http://cloud.test/storage/v1', headers, cloud.fetch).from('registry')
}

type Options = NonNullable<Parameters<typeof bucket.listV2>[0]>
async function page(options: Options) {
  const { data, error } = await bucket.listV2(options)
  if (error) throw error
  return { ...data, names: data.objects.map(({ name }) => name) }
}

describe('a flat list of storage', () => {
  const BELOW = ['agents/a/1.gz', 'agents/a/2.gz', 'agents/b.gz', 'agents/z/1.gz']

  test('has the whole names of all objects below a prefix, and no folders', async () => {
    const { names, folders, hasNext, nextCursor } = await page({ prefix: 'agents/' })
    expect([names, folders, hasNext, nextCursor]).toEqual([BELOW, [], false, undefined])
  })

  test('has the measured sizes', async () => {
    const { objects } = await page({ prefix: 'agents/' })
    expect(objects.map(({ metadata }) => metadata?.size)).toEqual([3, 4, 5, 0])
  })

  test.each<[string, string, string[]]>([
    ['a part of a name', 'agents/a/2', ['agents/a/2.gz']],
    ['a sign of LIKE', 'agents%', ['agents%/x.gz']],
    ['another sign of LIKE', 'agents_', ['agents_/x.gz']],
    ['another case', 'AGENTS/', []],
    ['a folder that is missing', 'none/', []],
  ])('takes %s for a prefix', async (_what, prefix, names) => {
    expect((await page({ prefix })).names).toEqual(names)
  })

  test.each([1, 2, 3, 4])('is complete in pages of %i', async (limit) => {
    const names: string[] = []
    for (let cursor: string | undefined, pages = 0; pages < 10; pages++) {
      const next = await page({ prefix: 'agents/', limit, ...(cursor ? { cursor } : {}) })
      expect(next.names.length).toBeLessThanOrEqual(limit)
      names.push(...next.names)
      cursor = next.nextCursor
      if (!next.hasNext) break
    }
    expect(names).toEqual(BELOW)
  })

  test('is in the wanted order', async () => {
    const { names } = await page({ prefix: 'agents/', sortBy: { column: 'created_at', order: 'asc' } })
    expect(names).toEqual(BELOW.toReversed())
  })

  test.each<[string, object]>([
    ['a limit of 0', { limit: 0 }],
    ['an unknown column', { sortBy: { column: 'owner' } }],
    ['a foreign cursor', { cursor: '../..' }],
    ['a cursor with a negative place', { cursor: 'LTE' }],
  ])('refuses %s', async (_what, options) => {
    const { data, error } = await bucket.listV2({ prefix: 'agents/', ...options } as Options)
    expect([data, error]).toEqual([null, expect.objectContaining({ status: 400 })])
  })

  test('shows nothing to a caller who may not read', async () => {
    const { data } = await bucketFor(cloud.keys.publishable).listV2({ prefix: 'agents/' })
    expect(data?.objects ?? []).toEqual([])
  })
})
