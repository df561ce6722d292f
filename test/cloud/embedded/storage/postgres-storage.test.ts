import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'
import { openEmbedded } from '../../../../src/cloud/embedded/open-embedded.ts'
import { sha256 } from '../../../../src/contract/digest.ts'
import type { Registry } from '../../../../src/core/registry/registry.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { type CloudDatabase, emptyDatabase } from '../../../harness/cloud-database.ts'
import { temporaryRoot } from '../../support/temporary-folder.ts'

const bundle = (path: string, bytes: Uint8Array) => ({ path, size: bytes.length, sha256: sha256(bytes) })

describe('bundles of projects that share a PostgreSQL server', () => {
  let db: CloudDatabase
  let ours: Registry
  let theirs: Registry
  let cloud: Cloud
  const folders = [temporaryRoot(), temporaryRoot(), temporaryRoot()] as const
  beforeAll(async () => {
    db = await emptyDatabase()
    const options = { databaseUrl: db.url, kinds: [agents] }
    ours = await openEmbedded({ root: folders[0].path, ...options })
    theirs = await openEmbedded({ root: folders[1].path, ...options })
    cloud = await openCloud({ root: folders[2].path, databaseUrl: db.url })
  })
  afterAll(async () => {
    for (const open of [ours, theirs, cloud]) await open?.close()
    for (const folder of folders) folder.remove()
    await db?.drop()
  })

  test('bundles can be read by every project, whichever stored them', async () => {
    const bytes = Buffer.from([0x1f, 0x8b, 0, 255, 39, 92])
    const ref = bundle('agents/shared/1.tar.gz', bytes)
    await ours.upload(ref, bytes)
    expect(await theirs.stored([ref])).toEqual(new Set([ref.path]))
    expect(Buffer.from(await theirs.download(ref.path))).toEqual(bytes)
  })

  test('a bundle can be stored by several processes at once', async () => {
    for (let round = 0; round < 20; round++) {
      const bytes = Buffer.from(`bundle ${round}`)
      const ref = bundle(`agents/same/${round}.tar.gz`, bytes)
      await Promise.all([ours, theirs, ours, theirs].map((registry) => registry.upload(ref, bytes)))
      expect(Buffer.from(await ours.download(ref.path))).toEqual(bytes)
    }
  })

  test('a bundle is the bytes that its row names when two encodings of one content arrive together', async () => {
    for (let round = 0; round < 20; round++) {
      const path = `agents/either/${round}.tar.gz`
      const send = (text: string) =>
        cloud.client.storage
          .from('registry')
          .upload(path, Buffer.from(text), { contentType: 'application/gzip' })
      await Promise.all([send('one'), send('another')])
      const [row] = await db.query<{ etag: string }>(
        `select metadata ->> 'eTag' as etag from storage.objects where name = $1`,
        [path],
      )
      expect(`"${sha256(await ours.download(path))}"`).toBe(row?.etag)
    }
  })

  test('a removed bundle is gone for every project', async () => {
    const bytes = Buffer.from('gone')
    const ref = bundle('agents/gone/1.tar.gz', bytes)
    await ours.upload(ref, bytes)
    await cloud.client.storage.from('registry').remove([ref.path])
    await expect(theirs.download(ref.path)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await db.query('select from nofx_storage.bytes where key = $1', [ref.path])).toEqual([])
  })

  test('a size is that of the bytes, whatever the row says, and needs both', async () => {
    const keys = ['whole', 'cut', 'no-bytes', 'no-row', 'other-bytes'].map(
      (name) => `agents/sizes/${name}.gz`,
    )
    const [whole, cut, noBytes, noRow, otherBytes] = keys
    const bytes = Buffer.alloc(9_000, 'x')
    for (const key of keys) await ours.upload(bundle(key, bytes), bytes)
    const change = (sql: string, key?: string) => db.query(sql, [key])
    await change('update nofx_storage.bytes set body = substr(body, 1, 4000) where key = $1', cut)
    await change('delete from nofx_storage.bytes where key = $1', noBytes)
    await change('delete from storage.objects where name = $1', noRow)
    await change("update nofx_storage.bytes set etag = 'other' where key = $1", otherBytes)
    const sizes = new Map([
      [whole, 9_000],
      [cut, 4_000],
    ])
    expect(await theirs.readSizes(keys)).toEqual({ sizes, fromList: 0 })
  })

  test('bundles cannot be read from the database by any role of the API', async () => {
    for (const role of ['anon', 'authenticated', 'service_role'])
      expect(
        await db.query(`select has_schema_privilege('${role}', 'nofx_storage', 'usage') as may`),
      ).toEqual([{ may: false }])
  })
})
