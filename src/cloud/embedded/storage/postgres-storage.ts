import { inTransaction, type Pool } from '../postgres/postgres-pool.ts'
import { etag, NOTHING, readBytes, type StorageAdapter } from './storage-adapter.ts'
import type { ObjectPlace } from './store-objects.ts'

/** Creates the table below unless it exists; its schema is not served by REST, and no role has grants on it. */
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

const READ = `
select b.body from nofx_storage.bytes b
join storage.objects o on o.bucket_id = b.bucket and o.name = b.key and o.metadata ->> 'eTag' = b.etag
where b.bucket = $1 and b.key = $2`

/** The length of bytes that are stored outside of their row is known without reading them. */
const SIZES = `
select o.name, octet_length(b.body) as size from storage.objects o
join nofx_storage.bytes b on b.bucket = o.bucket_id and b.key = o.name and b.etag = o.metadata ->> 'eTag'
where o.bucket_id = $1 and o.name = any ($2)`

/** The sizes of the objects that have a row and its bytes. */
export async function sizesInPostgres(
  pool: Pick<Pool, 'query'>,
  bucket: string,
  names: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await pool.query(SIZES, [bucket, [...names]])
  return new Map((rows as { name: string; size: number }[]).map(({ name, size }) => [name, size]))
}

/** The bytes of an object that has a row. */
export async function readInPostgres(
  pool: Pick<Pool, 'query'>,
  bucket: string,
  key: string,
): Promise<Buffer | undefined> {
  const { rows } = await pool.query(READ, [bucket, key])
  return (rows as { body: Buffer }[])[0]?.body
}

/**
 * Objects as rows of the database, so that everyone who shares the server shares the bundles.
 * Two processes may store one key at once with different bytes (from another zlib, for example). The row that lite then
 * inserts into `storage.objects` carries the etag of one of them, and only those bytes are the object.
 */
export function createPostgresStorage(pool: Pick<Pool, 'query'>): StorageAdapter {
  const { write, remove } = createByteRows(pool)
  const read = (bucket: string, key: string) => readInPostgres(pool, bucket, key)
  return {
    driver: null,
    async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
      const bytes = await readBytes(body)
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
    deleteObject: (bucket, key) => remove(bucket, [key]),
    deleteObjects: remove,
    async copyObject(fromBucket, from, _version, toBucket, to) {
      const body = await read(fromBucket, from)
      if (!body) throw new Error(`"${from}" has no bytes to copy`)
      await write(toBucket, to, body)
      return { httpStatusCode: 200, eTag: etag(body), lastModified: new Date() }
    },
    privateAssetUrl: async (bucket, key) => `postgres:${bucket}/${key}`,
  }
}

/** All bytes are one value, of which each row takes its part. */
const WRITE_MANY = `
insert into nofx_storage.bytes (bucket, key, etag, body)
select $1, o.key, o.etag, substring($3::bytea from o.start for o.size)
from jsonb_to_recordset($2::jsonb) as o (key text, etag text, start integer, size integer)
on conflict do nothing`

/** Bytes in rows of the same transaction as the rows of their objects. */
export function placeInPostgres(pool: Pool): ObjectPlace {
  return {
    ask: (sql, values) => pool.query(sql, values),
    transaction: (work) => inTransaction(pool, work),
    writesRows: true,
    async write(bucket, objects, ask) {
      const all = objects.map(({ bytes, contentType, cacheControl }) =>
        describe(bytes, contentType, cacheControl),
      )
      let start = 1
      const parts = all.map(({ eTag, size }, at) => {
        const part = { key: objects[at]?.name, etag: eTag, start, size }
        start += size
        return part
      })
      const body = Buffer.concat(objects.map(({ bytes }) => bytes))
      await ask(WRITE_MANY, [bucket, JSON.stringify(parts), body])
      return all
    },
  }
}

/** The rows that hold the bytes. */
function createByteRows(pool: Pick<Pool, 'query'>) {
  async function remove(bucket: string, keys: string[]): Promise<void> {
    await pool.query('delete from nofx_storage.bytes where bucket = $1 and key = any ($2)', [bucket, keys])
  }
  async function write(bucket: string, key: string, body: Uint8Array): Promise<void> {
    const values = [bucket, key, etag(body), Buffer.from(body)]
    await pool.query(
      'insert into nofx_storage.bytes (bucket, key, etag, body) values ($1, $2, $3, $4) on conflict do nothing',
      values,
    )
  }
  return { write, remove }
}

function describe(bytes: Uint8Array, mimetype = 'application/gzip', cacheControl = '') {
  const size = bytes.length
  return { cacheControl, contentLength: size, size, mimetype, eTag: etag(bytes), httpStatusCode: 200 }
}
