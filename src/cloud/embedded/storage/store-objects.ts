import type { PGlite } from '@electric-sql/pglite'
import * as z from 'zod'
import { inParallel } from '../../../core/in-parallel.ts'
import type { StorageAdapter } from './storage-adapter.ts'

/** An object to store. */
export interface NewObject {
  name: string
  bytes: Uint8Array
  contentType: string
  cacheControl: string
}

/** Stores the objects of a bucket that may be stored and are new; returns their names. */
export type StoreObjects = (bucket: string, objects: readonly NewObject[]) => Promise<Set<string>>

/** Maximum number of files that are flushed to the disk at once. */
const FILES_AT_ONCE = 16

const bucketShape = z.object({
  file_size_limit: z.coerce.number().nullable(),
  allowed_mime_types: z.array(z.string()).nullable(),
  /** Which of the wanted names are taken. */
  names: z.array(z.string()),
})

const BUCKET = `
select file_size_limit::text, allowed_mime_types,
  array(select o.name from storage.objects o where o.bucket_id = b.id and o.name = any ($2)) as names
from storage.buckets b where b.id = $1`

const INSERT = `
insert into storage.objects (id, bucket_id, name, metadata, user_metadata, version)
select gen_random_uuid(), $1, o.name, o.metadata, '{}', gen_random_uuid()::text
from jsonb_to_recordset($2::jsonb) as o (name text, metadata jsonb)`

/**
 * Stores objects with one transaction for all of them. lite stores one object with 15 statements in two transactions.
 * Objects that lite would refuse (those of a missing bucket, of another type, too large or stored before) are left out,
 * so the caller sends them to lite. As there, the bytes are on the disk before the row is, and the insert has the rights
 * of the secret key.
 */
export function createStoreObjects(driver: PGlite, storage: StorageAdapter): StoreObjects {
  return async (bucket, objects) => {
    const names = objects.map(({ name }) => name)
    const { rows } = await driver.query(BUCKET, [bucket, names])
    const [limits] = z.array(bucketShape).parse(rows)
    if (!limits) return new Set()
    const takenNames = new Set(limits.names)
    const newObjects = objects.filter((one) => !takenNames.has(one.name) && isAllowed(one, limits))
    const newRows = await inParallel(newObjects, FILES_AT_ONCE, async (one) => {
      const { name, bytes, contentType, cacheControl } = one
      const facts = await storage.uploadObject(bucket, name, undefined, bytes, contentType, cacheControl)
      return { name, metadata: { httpStatusCode: 200, ...facts } }
    })
    await driver.transaction(async (inside) => {
      await inside.exec('set local role service_role')
      await inside.query(INSERT, [bucket, JSON.stringify(newRows)])
    })
    return new Set(newRows.map(({ name }) => name))
  }
}

function isAllowed(
  { bytes, contentType }: NewObject,
  { file_size_limit, allowed_mime_types }: z.output<typeof bucketShape>,
): boolean {
  if (file_size_limit && bytes.length > file_size_limit) return false
  return !allowed_mime_types?.length || allowed_mime_types.includes(contentType)
}
