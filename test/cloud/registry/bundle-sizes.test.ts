import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHosted } from '../../../src/cloud/hosted/open-hosted.ts'
import { openWithTokens } from '../../../src/cloud/hosted/open-with-tokens.ts'
import { measureBundles, type SizesSource } from '../../../src/cloud/registry/bundle-sizes.ts'
import { sha256 } from '../../../src/contract/digest.ts'
import type { Registry, StoredSizes } from '../../../src/core/registry/registry.ts'
import { FUNCTION, type Project, serveProject } from '../../edge/support/functions-under-test.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const COUNT = 510
/** Bundles of two kinds, as storage has them before anything is damaged. */
const WHOLE = new Map(
  Array.from({ length: COUNT }, (_, at) => {
    const kind = at % 5 ? 'agents' : 'templates'
    return [`${kind}/a-${at % 90}/${sha256(String(at))}.tar.gz`, 20 + (at % 7)] as const
  }),
)
const PATHS = [...WHOLE.keys()]

const PUT = `with o as (select key as name, value::int as size from jsonb_each_text($1)), row as (
    insert into storage.objects (bucket_id, name, metadata)
    select 'registry', name, jsonb_build_object('size', size, 'eTag', name) from o)
  insert into nofx_storage.bytes (bucket, key, etag, body)
  select 'registry', name, name, decode(repeat('00', size), 'hex') from o`

let project: Project
let doors: Record<string, Registry>

beforeAll(async () => {
  project = await serveProject()
  const { url, cloud, publisher } = project
  doors = {
    'with a secret key': openHosted({ url, secretKey: cloud.keys.secret }),
    'as a publisher, through the functions': openWithTokens({
      url,
      tokens: { actor: 'me@example.com', via: 'publisher', token: async () => publisher } as never,
    }),
  }
}, 120_000)
afterAll(() => project?.close())
beforeEach(async () => {
  await project.query('delete from storage.objects')
  await project.query('delete from nofx_storage.bytes')
  await project.query(PUT, [Object.fromEntries(WHOLE)])
  await project.query('analyze storage.objects')
  project.calls.length = 0
})

const listCalls = () => project.calls.filter((call) => call.includes('/object/list-v2/'))
const headCalls = () => project.calls.filter((call) => call.startsWith('HEAD ') && !call.includes(FUNCTION))

/** The damages, by what they do to the objects of a list; the row alone never decides what the size is. */
const DAMAGES: Record<string, string> = {
  'has no row': 'delete from storage.objects where name = any ($1)',
  'has no bytes': 'delete from nofx_storage.bytes where key = any ($1)',
  'is shorter': 'update nofx_storage.bytes set body = substr(body, 2) where key = any ($1)',
  'is empty': `update nofx_storage.bytes set body = '' where key = any ($1)`,
  'is longer': `update nofx_storage.bytes set body = body || '\\x00' where key = any ($1)`,
  'has another size in its row': `update storage.objects set metadata = metadata || '{"size": 999}' where name = any ($1)`,
  'has no metadata': `update storage.objects set metadata = metadata - 'size' where name = any ($1)`,
}

const damaged = fc.dictionary(
  fc.integer({ min: 0, max: COUNT - 1 }).map(String),
  fc.constantFrom(...Object.keys(DAMAGES)),
  { maxKeys: 40, noNullPrototype: true },
)
/** Objects that no version needs: of the same definitions, and of others before and after them. */
const FOLDERS = ['agents/a-1/', 'agents/0/', 'agents/zz/', 'agents_/x/', 'templates/a-5/', 'reports/']
const extra = fc.uniqueArray(fc.constantFrom(...FOLDERS))

/** Every damage twice, and all objects that no version needs: random ones may lack some. */
const EVERY_DAMAGE = Object.fromEntries(
  Object.keys(DAMAGES).flatMap((damage, at) => [
    [String(at), damage],
    [String(COUNT - 1 - 7 * at), damage],
  ]),
)

describe.each(['with a secret key', 'as a publisher, through the functions'])('%s', (door) => {
  test('sizes from a list are those of single questions, whatever is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, extra, async (damages, folders) => {
        const extras = folders.map((folder, at) => [`${folder}${sha256(`extra ${at}`)}.tar.gz`, 5] as const)
        await project.query(PUT, [Object.fromEntries(extras)])
        for (const [damage, sql] of Object.entries(DAMAGES)) {
          const hit = Object.keys(damages).filter((at) => damages[at] === damage)
          if (hit.length) await project.query(sql, [hit.map((at) => PATHS[Number(at)])])
        }
        const registry = doors[door] as Registry
        const { sizes, fromList } = await registry.readSizes(PATHS)
        const hit = Object.keys(damages).map((at) => PATHS[Number(at)] ?? '')
        const few = [...hit, ...PATHS.slice(0, 20)]
        const single = await registry.readSizes(few)
        expect(single.fromList).toBe(0)
        expect(few.map((path) => [path, sizes.get(path)])).toEqual(
          few.map((path) => [path, single.sizes.get(path)]),
        )
        expect(sizes).toEqual(await project.cloud.readSizes('registry', PATHS))
        expect(fromList).toBeGreaterThan(COUNT - 190)
        await project.query('delete from storage.objects')
        await project.query('delete from nofx_storage.bytes')
        await project.query(PUT, [Object.fromEntries(WHOLE)])
      }),
      { numRuns: repetitions(1, 20), examples: [[EVERY_DAMAGE, FOLDERS]] },
    )
  }, 120_000)

  test('many sizes cost a page for each thousand objects, and a sample', async () => {
    const others = Array.from({ length: 900 }, (_, at) => [`agents/0/${sha256(`other ${at}`)}.tar.gz`, 1])
    await project.query(PUT, [Object.fromEntries(others)])
    const seen: number[] = []
    const { sizes } = await (doors[door] as Registry).readSizes(PATHS, (count) => seen.push(count))
    expect(sizes).toEqual(WHOLE)
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(COUNT)
    const pages = listCalls().filter((call) => !call.includes(FUNCTION) && !call.includes('/functions/'))
    expect(pages).toHaveLength(3)
    expect(headCalls().filter((call) => !call.includes('/functions/'))).toHaveLength(128)
  })
})

describe('a list that storage answers otherwise', () => {
  type Listing = (body: { prefix: string }) => Response | Promise<Response>

  /** Sizes with other answers to lists. Storage is asked without a network, which the tests above have. */
  async function sizesWith(
    listing: Listing,
    askStorage: (request: Request) => Promise<Response> = project.cloud.fetch,
  ): Promise<StoredSizes> {
    const { secret } = project.cloud.keys
    const headers = { apikey: secret, authorization: `Bearer ${secret}` }
    const source: SizesSource = {
      bucket: 'registry',
      label: 'test',
      byDownload: async () => undefined,
      storageFetch: async (path, init) =>
        path.includes('/list-v2/')
          ? listing(JSON.parse(String(init.body)))
          : askStorage(
              new Request(`${project.url}${path}`, { ...init, headers: { ...headers, ...init.headers } }),
            ),
    }
    return measureBundles(source, PATHS, () => {})
  }

  /** What Supabase answers: the rows of storage, whether or not there are bytes. */
  const rowsOnly: Listing = async ({ prefix }) => {
    const objects = await project.query(
      `select name, metadata from storage.objects where name like $1 || '%' order by name collate "C"`,
      [prefix],
    )
    return Response.json({ hasNext: false, folders: [], objects: objects.slice(0, 1000) })
  }
  const empty = { hasNext: false, folders: [], objects: [] }
  const asked = async () => project.cloud.readSizes('registry', PATHS)

  test('rows without bytes, as in a restored database, are not believed', async () => {
    await project.query('delete from nofx_storage.bytes where key = any ($1)', [PATHS.slice(0, COUNT / 2)])
    const { sizes, fromList } = await sizesWith(rowsOnly)
    expect(sizes).toEqual(await asked())
    expect([sizes.size, fromList]).toEqual([COUNT / 2, 0])
  })

  /** What storage answered about the objects that each test begins with: they are the same every time. */
  const answers = new Map<string, Response>()

  test.each<[string, Listing]>([
    ['a key that may not list gets no rows', () => Response.json(empty)],
    ['a key that may not list is refused', () => new Response('{}', { status: 403 })],
    [
      'a page leads to itself for ever',
      () => Response.json({ ...empty, hasNext: true, nextCursor: 'again' }),
    ],
  ])('every object is asked for if %s', async (_what, listing) => {
    const questions: string[] = []
    const { sizes, fromList } = await sizesWith(listing, async (request) => {
      const { method, url } = request
      questions.push(`${method} ${url.split('/registry/')[1]}`)
      const answer = answers.get(url) ?? (await project.cloud.fetch(request))
      answers.set(url, answer)
      return new Response(null, answer)
    })
    expect([sizes, fromList]).toEqual([WHOLE, 0])
    expect(questions.sort()).toEqual(PATHS.map((path) => `HEAD ${path}`).sort())
  })

  test.each<[string, Listing, string]>([
    ['breaks', () => new Response('', { status: 500 }), 'list the objects in'],
    ['is a page of a proxy', () => new Response('<html>'), 'list the objects in'],
    ['has a size that is a text', () => listOf({ size: '7' }), 'size'],
    ['has a negative size', () => listOf({ size: -1 }), 'size'],
    ['has no objects', () => Response.json({ hasNext: false }), 'objects'],
  ])('no bundle is called missing if the list %s', async (_what, listing, part) => {
    await expect(sizesWith(listing)).rejects.toMatchObject({
      code: 'REMOTE_FAILED',
      message: expect.stringContaining(part),
    })
  })

  function listOf(metadata: object): Response {
    return Response.json({ ...empty, objects: [{ name: PATHS[1], metadata }] })
  }
})
