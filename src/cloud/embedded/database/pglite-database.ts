import { renameSync } from 'node:fs'
import { Failure } from '../../../contract/failure.ts'
import { inParallel } from '../../../core/in-parallel.ts'
import { createFindStored } from '../storage/find-stored.ts'
import {
  createStorageAdapter,
  readInFolder,
  type StorageAdapter,
  sizesInFolder,
} from '../storage/storage-adapter.ts'
import { createStoreObjects, type ObjectPlace } from '../storage/store-objects.ts'
import { corrupt, type DataFolder, hasDatabase } from './data-folder.ts'
import { type Database, NEWEST, type NewestRow, type Session, STATE } from './database.ts'
import { type PgliteClient, takePglite } from './pglite-client.ts'
import { connectLite } from './pglite-connection.ts'
import { placePrepared } from './prepared-folder.ts'
import { type AskTwice, createReadDocument } from './read-documents.ts'
import { createSchemaCache } from './schema-cache.ts'
import { createStageRows } from './stage-rows.ts'
import { pgliteFailure } from './trouble.ts'

/**
 * Opens PGlite on `folder.database`; call only while holding the lock. A new data directory is built beside its final
 * name, so that a process killed meanwhile leaves nothing that looks like a database. After later kills PostgreSQL's
 * own crash recovery runs. PGlite never calls fsync: a power cut may lose the last publishes; git still has them.
 * @param onError called with every error of PGlite and of storage, in the context of the request that caused it
 * @param client the thread in which PGlite will run
 * @throws Failure EMBEDDED_CORRUPT
 */
export async function openPglite(
  folder: DataFolder,
  onError: (error: unknown) => void,
  client = takePglite(),
): Promise<Database> {
  const schemaCache = createSchemaCache(folder.schemaCache)
  const opening = connectLite(client, schemaCache)
  opening.catch(() => {})
  if (!hasDatabase(folder)) {
    await makeDatabase(client, folder, schemaCache)
    renameSync(folder.partial, folder.database)
  }
  await client.open(folder.database).catch((cause: unknown) => {
    const failure = pgliteFailure(cause, folder)
    if (failure instanceof Failure) throw failure
    // Whatever error PGlite meets in its own folder, the cause is the folder.
    throw corrupt(folder, `the database in "${folder.database}" cannot be opened`, folder.database, cause)
  })
  passOnErrors(client, onError)
  const storage = createStorageAdapter(folder.storage, onError)
  const place = objectPlace(client, storage)
  return {
    connection: await opening,
    serial: true,
    storage,
    findStored: createFindStored(place),
    storeObjects: createStoreObjects(place),
    stageRows: createStageRows(place),
    readDocument: createReadDocument(askTwice(client)),
    ...readFiles(client, folder),
    readNewest: async () => (await client.query<NewestRow>(NEWEST)).rows[0],
    readState: async () => (await client.query<{ state: string }>(STATE)).rows[0]?.state ?? '',
    session: async () => createSession(client),
    listen: (channel, onPayload) => client.listen(channel, onPayload),
    close: async () => {
      schemaCache.keep()
      await client.release()
    },
  }
}

/** Makes a database in `folder.partial`: the prepared one, or an empty one, which takes some seconds more. */
async function makeDatabase(
  client: PgliteClient,
  folder: DataFolder,
  schemaCache: ReturnType<typeof createSchemaCache>,
): Promise<void> {
  const introspection = placePrepared(folder)
  if (introspection !== undefined) return schemaCache.set('', introspection)
  await client.open(folder.partial)
  await client.close()
}

function createSession(client: PgliteClient): Session {
  return {
    run: async (script) => {
      await client.exec(script)
    },
    rows: async <Row>(query: string, values: readonly string[] = []) =>
      (await client.query<Row>(query, values)).rows,
    end: async () => {},
  }
}

function askTwice(client: PgliteClient): AskTwice {
  return (first, second) =>
    client.transaction(async ({ query }) => {
      await query(first.sql, first.values)
      return query(second.sql, second.values)
    })
}

/** Maximum number of files that are flushed to the disk at once. */
const FILES_AT_ONCE = 16

/** Bytes in files, whose flushes overlap. */
function objectPlace(client: PgliteClient, storage: StorageAdapter): ObjectPlace {
  return {
    ask: (sql, values) => client.query(sql, values),
    transaction: (work) => client.transaction(({ query }) => work(query)),
    writesRows: false,
    write: (bucket, objects) =>
      inParallel(objects, FILES_AT_ONCE, ({ name, bytes, contentType, cacheControl }) =>
        storage.uploadObject(bucket, name, undefined, bytes, contentType, cacheControl),
      ),
  }
}

/** Which of the objects have a row. */
async function namesWithRow(client: PgliteClient, bucket: string, names: readonly string[]) {
  const query = 'select name from storage.objects where bucket_id = $1 and name = any ($2)'
  const { rows } = await client.query<{ name: string }>(query, [bucket, [...names]])
  return rows.map(({ name }) => name)
}

/** Reads the files of objects that have a row. */
function readFiles(
  client: PgliteClient,
  { storage }: DataFolder,
): Pick<Database, 'readSizes' | 'readObject'> {
  return {
    readSizes: async (bucket, names) =>
      sizesInFolder(storage, bucket, await namesWithRow(client, bucket, names)),
    readObject: async (bucket, name) => {
      const [nameWithRow] = await namesWithRow(client, bucket, [name])
      return nameWithRow === undefined ? undefined : readInFolder(storage, bucket, nameWithRow)
    },
  }
}

/** lite answers with the code of an error, and for some errors with nothing, so errors are also passed to `onError`. */
function passOnErrors(client: PgliteClient, onError: (error: unknown) => void): void {
  const query = client.query.bind(client)
  client.query = async <Row>(text: string, values?: readonly unknown[]) => {
    try {
      return await query<Row>(text, values)
    } catch (error) {
      onError(error)
      throw error
    }
  }
}
