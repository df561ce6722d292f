import { renameSync } from 'node:fs'
import { Failure } from '../../../contract/failure.ts'
import { inParallel } from '../../../core/in-parallel.ts'
import { createFindStored } from '../storage/find-stored.ts'
import { createStorageAdapter, type StorageAdapter, sizesInFolder } from '../storage/storage-adapter.ts'
import { createStoreObjects, type ObjectPlace } from '../storage/store-objects.ts'
import { corrupt, type DataFolder, hasDatabase } from './data-folder.ts'
import { type Database, keepGrants, NEWEST, type NewestRow, type Session, STATE } from './database.ts'
import { beginPglite, loadPgliteDriver } from './load-lite.ts'
import { placePrepared } from './prepared-folder.ts'
import { type AskTwice, createReadDocument } from './read-documents.ts'
import { createSchemaCache } from './schema-cache.ts'
import { createStageRows } from './stage-rows.ts'
import { pgliteFailure } from './trouble.ts'

type SchemaCache = ReturnType<typeof createSchemaCache>
type Driver = Awaited<ReturnType<typeof loadPgliteDriver>>
type PgliteConnection = InstanceType<Driver['PgliteConnection']>
type QueryOptions = Parameters<PgliteConnection['driver']['query']>[2]

/**
 * Opens PGlite on `folder.database`; call only while holding the lock. A new data directory is built beside its final
 * name, so that a process killed meanwhile leaves nothing that looks like a database. After later kills PostgreSQL's
 * own crash recovery runs. PGlite never calls fsync: a power cut may lose the last publishes; git still has them.
 * @param onError called with every error of PGlite and of storage, in the context of the request that caused it
 * @throws Failure EMBEDDED_CORRUPT
 */
export async function openPglite(folder: DataFolder, onError: (error: unknown) => void): Promise<Database> {
  const driver = await loadPgliteDriver()
  const schemaCache = createSchemaCache(folder.schemaCache)
  if (!hasDatabase(folder)) {
    await makeDatabase(driver, folder, schemaCache)
    renameSync(folder.partial, folder.database)
  }
  const connection = await connect(driver, folder.database, schemaCache).catch((cause: unknown) => {
    const failure = pgliteFailure(cause, folder)
    if (failure instanceof Failure) throw failure
    // Whatever error PGlite meets in its own folder, the cause is the folder.
    throw corrupt(folder, `the database in "${folder.database}" cannot be opened`, folder.database, cause)
  })
  passOnErrors(connection, onError)
  const storage = createStorageAdapter(folder.storage, onError)
  const place = objectPlace(connection, storage)
  return {
    connection,
    serial: true,
    storage,
    findStored: createFindStored(place),
    storeObjects: createStoreObjects(place),
    stageRows: createStageRows(place),
    readDocument: createReadDocument(askTwice(connection)),
    readSizes: (bucket, names) => readFileSizes(connection, folder, bucket, names),
    readNewest: async () => (await connection.driver.query<NewestRow>(NEWEST)).rows[0],
    readState: async () => (await connection.driver.query<{ state: string }>(STATE)).rows[0]?.state ?? '',
    session: async () => createSession(connection),
    listen: async (channel, onPayload) => {
      const stop = await connection.driver.listen(channel, onPayload)
      return () => stop()
    },
    close: () => {
      schemaCache.keep()
      return connection.close()
    },
  }
}

/** Makes a database in `folder.partial`: the prepared one, or an empty one, which takes some seconds more. */
async function makeDatabase(driver: Driver, folder: DataFolder, schemaCache: SchemaCache): Promise<void> {
  const introspection = placePrepared(folder)
  if (introspection !== undefined) return schemaCache.set('', introspection)
  const first = await connect(driver, folder.partial)
  await first.close()
}

function createSession({ driver }: PgliteConnection): Session {
  return {
    run: async (script) => {
      await driver.exec(script)
    },
    rows: async <Row>(query: string, values: readonly string[] = []) =>
      (await driver.query<Row>(query, [...values])).rows,
    end: async () => {},
  }
}

function askTwice({ driver }: PgliteConnection): AskTwice {
  return (first, second) =>
    driver.transaction(async (inside) => {
      await inside.query(first.sql, [...first.values])
      return inside.query(second.sql, [...second.values], AS_BYTES)
    })
}

/** Maximum number of files that are flushed to the disk at once. */
const FILES_AT_ONCE = 16

/** Bytes in files, whose flushes overlap. */
function objectPlace({ driver }: PgliteConnection, storage: StorageAdapter): ObjectPlace {
  return {
    ask: (sql, values = []) => driver.query(sql, [...values]),
    transaction: (work) =>
      driver.transaction((inside) => work((sql, values = []) => inside.query(sql, [...values], AS_BYTES))),
    write: (bucket, objects) =>
      inParallel(objects, FILES_AT_ONCE, ({ name, bytes, contentType, cacheControl }) =>
        storage.uploadObject(bucket, name, undefined, bytes, contentType, cacheControl),
      ),
  }
}

async function readFileSizes(
  { driver }: PgliteConnection,
  { storage }: DataFolder,
  bucket: string,
  names: readonly string[],
): Promise<Map<string, number>> {
  const query = 'select name from storage.objects where bucket_id = $1 and name = any ($2)'
  const { rows } = await driver.query<{ name: string }>(query, [bucket, [...names]])
  return sizesInFolder(
    storage,
    bucket,
    rows.map(({ name }) => name),
  )
}

const JSONB = 3802
/** The version of the binary format of a `jsonb` value: the text follows. */
const JSONB_FORMAT = 1

/** PGlite measures a text twice, character by character, before it encodes it. Bytes are sent as they are. */
const AS_BYTES = {
  serializers: {
    [JSONB]: (value: unknown) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      const bytes = Buffer.allocUnsafeSlow(1 + Buffer.byteLength(text))
      bytes[0] = JSONB_FORMAT
      bytes.write(text, 1)
      // PGlite's types know texts alone.
      return bytes as unknown as string
    },
  },
}

/** lite answers with the code of an error, and for some errors with nothing, so errors are also passed to `onError`. */
function passOnErrors({ driver }: PgliteConnection, onError: (error: unknown) => void): void {
  const query = driver.query.bind(driver)
  driver.query = async <T>(text: string, values?: unknown[], options?: QueryOptions) => {
    try {
      return await query<T>(text, values, { ...AS_BYTES, ...options })
    } catch (error) {
      onError(error)
      throw error
    }
  }
}

/**
 * PostgreSQL's cache. PGlite fills all of it with zeros at every start; with the 128 MB that its configuration file
 * says, this takes a third of the processor time of a short command.
 */
const CACHE = ['-c', 'shared_buffers=16MB']

/** PGlite accepts a boolean as a boolean alone; a filter's value is the text that PostgreSQL reads, such as "t". */
const BOOLEAN = { 16: String }

async function connect(
  { createPgliteConnection, PGlite }: Driver,
  directory: string,
  schemaCache?: SchemaCache,
): Promise<PgliteConnection> {
  const connection = await createPgliteConnection({
    url: directory,
    schemaCache,
    pgliteOptions: {
      pgliteWasmModule: await beginPglite(),
      startParams: [...PGlite.defaultStartParams, ...CACHE],
      serializers: BOOLEAN,
    },
  })
  keepGrants(connection)
  await connection.driver.waitReady
  return connection
}
