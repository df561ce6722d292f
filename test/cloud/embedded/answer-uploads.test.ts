import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roleFinder } from '../../../src/cloud/embedded/answer-reads.ts'
import { createAnswerUpload } from '../../../src/cloud/embedded/answer-uploads.ts'
import { openPgliteCloud, openServerCloud, type TestCloud } from '../../harness/test-cloud.ts'

const ENGINES = [
  ['PGlite', openPgliteCloud],
  ['PostgreSQL', openServerCloud],
] as const
const BYTES = new Uint8Array([31, 139, 8, 0, 255])
const GZIP = { 'content-type': 'application/gzip', 'cache-control': 'max-age=31536000' }
const NEW = 'agents/one/a.tar.gz'

describe.each(ENGINES)('an upload to %s', (_engine, open) => {
  let opened: TestCloud
  /** How many objects were stored without lite. */
  let direct = 0
  let answerUpload: ReturnType<typeof createAnswerUpload>
  const withKey = (key = opened.cloud.keys.secret) => ({ apikey: key, authorization: `Bearer ${key}` })
  beforeAll(async () => {
    opened = await open()
    answerUpload = createAnswerUpload(roleFinder(opened.cloud.keys), async (bucket, objects) => {
      const stored = await opened.cloud.storeObjects(bucket, objects)
      direct += stored.size
      return stored
    })
  })
  afterAll(() => opened.close())

  const requestTo = (path: string, headers: object, method = 'POST') =>
    new Request(`http://cloud.test/storage/v1/object/${path}`, {
      method,
      headers: { ...withKey(), ...GZIP, ...headers },
      body: BYTES,
    })
  const rowOf = async (name: string) => {
    const [row] = await opened.query<Record<string, unknown>>(
      'select to_jsonb(o) as row from storage.objects o where name = $1',
      [name],
    )
    return row?.row as Record<string, unknown> | undefined
  }
  const remove = () => opened.cloud.client.storage.from('registry').remove([NEW])

  test('of a new bundle is stored and answered as lite does it', async () => {
    const seen = async (answer: Response) => {
      const { Id, ...rest } = (await answer.json()) as { Id: string }
      const row = await rowOf(NEW)
      expect(row?.id).toBe(Id)
      const { id, version, created_at, updated_at, last_accessed_at, metadata, ...columns } = row!
      const { lastModified, ...facts } = metadata as Record<string, unknown>
      await remove()
      return { status: answer.status, headers: [...answer.headers], rest, columns, facts }
    }
    // lite stores what may replace another object.
    const byLite = await seen(await opened.cloud.fetch(requestTo(`registry/${NEW}`, { 'x-upsert': 'true' })))
    const answer = await answerUpload(requestTo(`registry/${NEW}`, {}), BYTES)
    expect(await seen(answer!)).toEqual(byLite)
    expect(await seen(await opened.cloud.fetch(requestTo(`registry/${NEW}`, {})))).toEqual(byLite)
    expect(direct).toBe(1)
  })

  test.each<[what: string, path: string, headers: () => object, method?: string]>([
    ['has no key', NEW, () => ({ apikey: '', authorization: '' })],
    ['has the publishable key', NEW, () => withKey(opened.cloud.keys.publishable)],
    ['has the token of a user', NEW, () => ({ authorization: 'Bearer a.b.c' })],
    ['comes from a browser', NEW, () => ({ 'user-agent': 'Mozilla/5.0' })],
    ['may replace an object', NEW, () => ({ 'x-upsert': 'true' })],
    ['has metadata', NEW, () => ({ 'x-metadata': 'e30=' })],
    ['is of another type', NEW, () => ({ 'content-type': 'text/html' })],
    ['is an update', NEW, () => ({}), 'PUT'],
    ['leaves its folder', 'agents/%2e%2e/%2e%2e/keys.json', () => ({})],
    ['has an encoded name', 'agents/a%20b', () => ({})],
  ])('that %s is left to lite', async (_what, path, headers, method) => {
    expect(await answerUpload(requestTo(`registry/${path}`, headers(), method), BYTES)).toBeUndefined()
    expect(await rowOf(NEW)).toBeUndefined()
  })

  test('of an object that is there is left to lite, which refuses it', async () => {
    const request = () => requestTo(`registry/${NEW}`, {})
    expect((await answerUpload(request(), BYTES))?.status).toBe(200)
    expect(await answerUpload(request(), BYTES)).toBeUndefined()
    expect((await opened.cloud.fetch(request())).status).toBe(400)
    await remove()
  })

  test('of another bucket is left to lite', async () => {
    expect(await answerUpload(requestTo(`other/${NEW}`, {}), BYTES)).toBeUndefined()
  })
})
