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

/** Objects by the day on which each of them was made. */
const OBJECTS: Record<string, number> = {
  'agents/b/1.tar.gz': 1,
  'agents/b/2.tar.gz': 2,
  'agents/a/deep/er/1.tar.gz': 3,
  'agents/readme.gz': 9,
  'agents/b-c.gz': 8,
  'agents/b.gz': 7,
  'agents/Bee/1.gz': 4,
  'agents_/x.gz': 5,
  'agentsx/y.gz': 6,
  'top.gz': 1,
}

beforeAll(async () => {
  database = await openedDatabase()
  await put(OBJECTS)
  cloud = await openCloud({ root: root.path, databaseUrl: database.url })
  bucket = bucketFor(cloud.keys.secret)
}, 120_000)
afterAll(async () => {
  await cloud?.close()
  await database?.drop()
  root.remove()
})

/** Rows as lite writes them. */
async function put(objects: Record<string, number>): Promise<void> {
  await database.query(
    `insert into storage.objects (bucket_id, name, metadata, created_at, updated_at, last_accessed_at)
     select 'registry', o.key, '{"size": 5}', t.at, t.at, t.at
     from jsonb_each_text($1) o, lateral (select timestamptz '2026-01-01' + o.value::int * interval '1 day' as at) t`,
    [objects],
  )
}

function bucketFor(key: string) {
  const headers = { apikey: key, authorization: `Bearer ${key}` }
  return new StorageClient('http://cloud.test/storage/v1', headers, cloud.fetch).from('registry')
}

type Options = Parameters<typeof bucket.list>[1]
/** The names of a list; those of folders end in `/`. */
async function list(prefix: string, options?: Options): Promise<string[]> {
  const { data, error } = await bucket.list(prefix, options)
  if (error) throw error
  return data.map(({ name, id }) => (id === null ? `${name}/` : name))
}

describe('a list of storage', () => {
  const WHOLE = ['a/', 'b-c.gz', 'b.gz', 'b/', 'Bee/', 'readme.gz']
  test.each<[string, string, Options, string[]]>([
    ['of the bucket has its folders', '', undefined, ['agents/', 'agents_/', 'agentsx/', 'top.gz']],
    ['of a folder has names relative to it, in the order of whole names', 'agents', undefined, WHOLE],
    ['takes a folder with or without a slash', 'agents/', undefined, WHOLE],
    ['does not distinguish the case of a folder', 'AGENTS', undefined, WHOLE],
    ['of a folder inside', 'agents/b', undefined, ['1.tar.gz', '2.tar.gz']],
    ['of a folder that only has folders', 'agents/a', undefined, ['deep/']],
    ['reads no sign in a folder', 'agents%', undefined, []],
    ['of a missing folder is empty', 'agents/none', undefined, []],
    ['of an object is empty', 'top.gz', undefined, []],
    ['has at most `limit` entries', 'agents', { limit: 2 }, WHOLE.slice(0, 2)],
    ['begins at `offset`', 'agents', { limit: 3, offset: 2 }, WHOLE.slice(2, 5)],
    ['ends after the last entry', 'agents', { offset: 6 }, []],
    [
      'finds what begins with `search`, in any case',
      'agents',
      { search: 'B' },
      ['b-c.gz', 'b.gz', 'b/', 'Bee/'],
    ],
    ['finds `search` in folders inside', 'agents', { search: 'a/de' }, ['a/deep/']],
    ['does not find `search` inside of a name', 'agents', { search: 'eadme' }, []],
    ['sorts downwards', 'agents', { sortBy: { order: 'desc' } }, WHOLE.toReversed()],
    [
      'sorts by a time, folders first',
      'agents',
      { sortBy: { column: 'created_at', order: 'desc' } },
      ['Bee/', 'b/', 'a/', 'readme.gz', 'b-c.gz', 'b.gz'],
    ],
  ])('%s', async (_what, prefix, options, names) => {
    expect(await list(prefix, options)).toEqual(names)
  })

  test('describes objects, and nothing of a folder but its name', async () => {
    const { data } = await bucket.list('agents', { limit: 2 })
    const nothing = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null }
    expect(data).toEqual([
      { name: 'a', ...nothing },
      {
        name: 'b-c.gz',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        updated_at: '2026-01-09T00:00:00.000Z',
        created_at: '2026-01-09T00:00:00.000Z',
        last_accessed_at: '2026-01-09T00:00:00.000Z',
        metadata: { size: 5 },
      },
    ])
  })

  test('reads every object of a large folder, page by page', async () => {
    await put(
      Object.fromEntries(
        Array.from({ length: 2_100 }, (_, at) => [`many/${String(at).padStart(4, '0')}/x.gz`, at]),
      ),
    )
    const pages = [await list('many', { limit: 5_000 }), await list('many', { limit: 5_000, offset: 1_500 })]
    expect(pages.map((page) => page.length)).toEqual([1_500, 600])
    expect(pages.flat()).toEqual(Array.from({ length: 2_100 }, (_, at) => `${String(at).padStart(4, '0')}/`))
  })

  test.each<[string, object]>([
    ['no prefix', {}],
    ['a limit of 0', { prefix: '', limit: 0 }],
    ['a negative offset', { prefix: '', offset: -1 }],
    ['an unknown column', { prefix: '', sortBy: { column: 'owner', order: 'asc' } }],
    ['an unknown order', { prefix: '', sortBy: { column: 'name', order: 'up' } }],
  ])('refuses %s', async (_what, body) => {
    const { secret } = cloud.keys
    const answer = await cloud.fetch('http://cloud.test/storage/v1/object/list/registry', {
      method: 'POST',
      headers: { apikey: secret, authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'InvalidRequest' }),
    ])
  })

  test('shows nothing to a caller who may not read', async () => {
    expect((await bucketFor(cloud.keys.publishable).list('agents')).data ?? []).toEqual([])
  })
})
