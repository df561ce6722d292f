import * as z from 'zod'
import type { StorageAdapter } from './storage-adapter.ts'

/** An object to store. */
export interface NewObject {
  name: string
  bytes: Uint8Array
  contentType: string
  cacheControl: string
}

/** Stores the objects of a bucket that may be stored and are new; returns the ids of their rows, by name. */
export type StoreObjects = (
  bucket: string,
  objects: readonly NewObject[],
) => Promise<ReadonlyMap<string, string>>

type ObjectFacts = Awaited<ReturnType<StorageAdapter['uploadObject']>>
type AskDatabase = (sql: string, values?: readonly unknown[]) => Promise<{ rows: readonly unknown[] }>

/** What storing needs of a database and of the place where the bytes are. */
export interface ObjectPlace {
  ask: AskDatabase
  /** Runs `work` in one transaction. */
  transaction(work: (ask: AskDatabase) => Promise<void>): Promise<void>
  /**
   * Whether the bytes are rows too, which the transaction writes. Files are written before it begins: while a transaction of
   * PGlite waits for the disk, all other statements wait for the transaction.
   */
  writesRows: boolean
  /** Writes the bytes, and returns what their rows say about them, in order. `ask` is inside of the transaction, if it writes rows. */
  write(bucket: string, objects: readonly NewObject[], ask: AskDatabase): Promise<ObjectFacts[]>
}

const bucketShape = z.object({
  file_size_limit: z.coerce.number().nullable(),
  allowed_mime_types: z.array(z.string()).nullable(),
  /** Which of the wanted names are taken. */
  names: z.array(z.string()),
})
const storedShape = z.object({ name: z.string(), id: z.string() })

const BUCKET = `
select file_size_limit::text, allowed_mime_types,
  array(select o.name from storage.objects o where o.bucket_id = b.id and o.name = any ($2)) as names
from storage.buckets b where b.id = $1`

const INSERT = `
insert into storage.objects (id, bucket_id, name, metadata, user_metadata, version)
select gen_random_uuid(), $1, o.name, o.metadata, '{}', gen_random_uuid()::text
from jsonb_to_recordset($2::jsonb) as o (name text, metadata jsonb)
on conflict do nothing returning name, id::text`

/**
 * Stores objects with one transaction for all of them. lite stores one object with 15 statements in two transactions.
 * Objects that lite would refuse (those of a missing bucket, without a valid key, of another type, too large or stored
 * before) are left out, so the caller sends them to lite. As there, the bytes are written before the row is, and the
 * insert has the rights of the secret key. Every transaction takes the names in the same order, so that two of them
 * never wait for each other.
 */
export function createStoreObjects({ ask, transaction, writesRows, write }: ObjectPlace): StoreObjects {
  return async (bucket, objects) => {
    const { rows } = await ask(BUCKET, [bucket, objects.map(({ name }) => name)])
    const [limits] = z.array(bucketShape).parse(rows)
    if (!limits) return new Map()
    const takenNames = new Set(limits.names)
    const newObjects = objects
      .filter((one) => !takenNames.has(one.name) && isKey(one.name) && isAllowed(one, limits))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const stored = new Map<string, string>()
    if (newObjects.length === 0) return stored
    const inFiles = writesRows ? undefined : await write(bucket, newObjects, ask)
    await transaction(async (inside) => {
      const facts = inFiles ?? (await write(bucket, newObjects, inside))
      const newRows = newObjects.map(({ name }, at) => ({
        name,
        metadata: { httpStatusCode: 200, ...facts[at] },
      }))
      await inside('set local role service_role')
      const answer = await inside(INSERT, [bucket, JSON.stringify(newRows)])
      for (const { name, id } of z.array(storedShape).parse(answer.rows)) stored.set(name, id)
    })
    return stored
  }
}

/** lite's rule for keys. */
function isKey(name: string): boolean {
  return name !== '' && !name.includes('..') && !name.startsWith('/')
}

function isAllowed(
  { bytes, contentType }: NewObject,
  { file_size_limit, allowed_mime_types }: z.output<typeof bucketShape>,
): boolean {
  if (file_size_limit && bytes.length > file_size_limit) return false
  return !allowed_mime_types?.length || allowed_mime_types.includes(contentType)
}
