import { StorageClient } from '@supabase/storage-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { placeEmbedded } from '../../../harness/embedded-template.ts'
import { temporaryRoot } from '../../support/temporary-folder.ts'

const root = temporaryRoot()
const PATH = 'agents/a/x.tar.gz'
const BYTES = new Uint8Array([31, 139, 8, 0, 1])
let cloud: Cloud
/** The official client, unmodified, as an application has it. */
let bucket: ReturnType<StorageClient['from']>

beforeAll(async () => {
  await placeEmbedded(root.path)
  cloud = await openCloud({ root: root.path })
  const { secret } = cloud.keys
  const headers = { apikey: secret, authorization: `Bearer ${secret}` }
  bucket = new StorageClient('http://cloud.test/storage/v1', headers, cloud.fetch).from('registry')
  const { error } = await bucket.upload(PATH, BYTES, { contentType: 'application/gzip' })
  expect(error).toBeNull()
})
afterAll(async () => {
  await cloud?.close()
  root.remove()
})

const head = (path: string) =>
  cloud.fetch(`http://cloud.test/storage/v1/object/registry/${encodeURI(path)}`, {
    method: 'HEAD',
    headers: { apikey: cloud.keys.secret, authorization: `Bearer ${cloud.keys.secret}` },
  })

describe('the storage of the embedded cloud answers the client of Supabase', () => {
  test('storage reports whether an object exists, with 404 for a missing one', async () => {
    expect((await bucket.exists(PATH)).data).toBe(true)
    expect((await bucket.exists('agents/a/none.tar.gz')).data).toBe(false)
    expect((await head('agents/a/none.tar.gz')).status).toBe(404)
  })

  test('storage reports an object with its size', async () => {
    const { data } = await bucket.info(PATH)
    expect(data).toMatchObject({ size: BYTES.length, contentType: 'application/gzip', name: PATH })
    expect(data?.etag).toBeTruthy()
    expect((await bucket.info('agents/a/none.tar.gz')).error).toMatchObject({ message: 'Object not found' })
  })

  test('storage refuses listV2 with folders and names what to use instead', async () => {
    const { data, error } = await bucket.listV2({ prefix: 'agents/', with_delimiter: true })
    expect(data).toBeNull()
    expect(error).toMatchObject({
      message: 'listV2 with with_delimiter is not served by nofx dev: use list, or a hosted project',
      status: 501,
    })
    expect((await bucket.list('agents/a')).data?.map(({ name }) => name)).toEqual(['x.tar.gz'])
  })

  test('storage signs many URLs at once, and reports the missing objects among them', async () => {
    const paths = [PATH, 'agents/a/none.tar.gz', '../other/x', PATH]
    const { data, error } = await bucket.createSignedUrls(paths, 60)
    expect(error).toBeNull()
    expect(data?.map((one) => [one.path, one.error === null])).toEqual([
      [PATH, true],
      ['agents/a/none.tar.gz', false],
      ['../other/x', false],
      [PATH, true],
    ])
    const opened = await cloud.fetch(data?.[0]?.signedUrl ?? '')
    expect(new Uint8Array(await opened.arrayBuffer())).toEqual(BYTES)
  })

  test('storage signs a single URL', async () => {
    const { data } = await bucket.createSignedUrl(PATH, 60)
    const opened = await cloud.fetch(data?.signedUrl ?? '')
    expect(new Uint8Array(await opened.arrayBuffer())).toEqual(BYTES)
  })

  test.each(['', '{', '{"paths":"x","expiresIn":60}', '{"paths":["x"],"expiresIn":-1}'])(
    'storage refuses %j in place of paths',
    async (body) => {
      const { secret } = cloud.keys
      const answer = await cloud.fetch('http://cloud.test/storage/v1/object/sign/registry', {
        method: 'POST',
        headers: { apikey: secret, authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body,
      })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
    },
  )

  test('storage signs nothing for a caller who may not read', async () => {
    const { publishable } = cloud.keys
    const headers = { apikey: publishable, authorization: `Bearer ${publishable}` }
    const anonymous = new StorageClient('http://cloud.test/storage/v1', headers, cloud.fetch).from('registry')
    const { data } = await anonymous.createSignedUrls([PATH], 60)
    expect((data ?? []).filter((one) => one.signedUrl)).toEqual([])
  })
})
