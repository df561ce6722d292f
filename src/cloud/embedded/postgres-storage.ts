import type postgres from 'postgres'
import { bytesOf, etag, NOTHING, type StorageAdapter } from './storage-adapter.ts'

/** Whether the table below is there, and what makes it; the schema is none that REST serves, and nobody is granted it. */
export const BYTES_TABLE = 'nofx_storage.bytes'
export const CREATE_BYTES = `
create schema if not exists nofx_storage;
create table if not exists ${BYTES_TABLE} (
  bucket text not null,
  key text not null,
  etag text not null,
  body bytea not null,
  primary key (bucket, key, etag)
);
alter table ${BYTES_TABLE} alter column body set storage external;`

/**
 * Objects as rows of the database itself, so that everybody who shares the server shares the bundles too.
 * Two processes may store one key at once with different bytes (another zlib, say); the row that lite then inserts into
 * `storage.objects` carries the etag of one of them, and only those bytes are the object.
 */
export function createPostgresStorage(sql: postgres.Sql): StorageAdapter {
  const remove = (bucket: string, keys: string[]) =>
    sql`delete from nofx_storage.bytes where bucket = ${bucket} and key = any (${keys})`
  async function read(bucket: string, key: string): Promise<Buffer | undefined> {
    const [row] = await sql<{ body: Buffer }[]>`
      select b.body from nofx_storage.bytes b
      join storage.objects o on o.bucket_id = b.bucket and o.name = b.key and o.metadata ->> 'eTag' = b.etag
      where b.bucket = ${bucket} and b.key = ${key}`
    return row?.body
  }
  async function write(bucket: string, key: string, body: Uint8Array): Promise<void> {
    await sql`insert into nofx_storage.bytes (bucket, key, etag, body)
      values (${bucket}, ${key}, ${etag(body)}, ${Buffer.from(body)}) on conflict do nothing`
  }
  return {
    driver: null,
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      const bytes = await bytesOf(body)
      await write(bucket, key, bytes)
      return describe(bytes, mimetype, cacheControl)
    },
    async getObject(bucket, key) {
      const body = await read(bucket, key)
      if (!body) return { metadata: NOTHING, httpStatusCode: 404 }
      return { metadata: describe(body), httpStatusCode: 200, body }
    },
    async headObject(bucket, key) {
      const body = await read(bucket, key)
      return body ? describe(body) : NOTHING
    },
    async deleteObject(bucket, key) {
      await remove(bucket, [key])
    },
    async deleteObjects(bucket, keys) {
      await remove(bucket, keys)
    },
    async copyObject(fromBucket, from, _version, toBucket, to) {
      const body = await read(fromBucket, from)
      if (!body) throw new Error(`"${from}" has no bytes to copy`)
      await write(toBucket, to, body)
      return { httpStatusCode: 200, eTag: etag(body), lastModified: new Date() }
    },
    privateAssetUrl: async (bucket, key) => `postgres:${bucket}/${key}`,
  }
}

function describe(bytes: Uint8Array, mimetype = 'application/gzip', cacheControl = '') {
  const size = bytes.length
  return { cacheControl, contentLength: size, size, mimetype, eTag: etag(bytes), httpStatusCode: 200 }
}
