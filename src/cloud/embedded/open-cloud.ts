import type { App } from '@supabase/lite'
import type { SupabaseClient } from '@supabase/supabase-js'
import { inPreview } from '../../contract/protocol/preview.ts'
import { acquireLock, type FileLock, type LockHolder, lockLost } from '../../core/disk/lock.ts'
import { oneAtATime } from '../../core/one-at-a-time.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { createAnswerRead, roleFinder } from './answer-reads.ts'
import { createAnswerUpload } from './answer-uploads.ts'
import { withClaims, withCodeType } from './auth-answers.ts'
import { type AtRest, beginUse } from './database/at-rest.ts'
import { type DataFolder, openDataFolder } from './database/data-folder.ts'
import type { Database } from './database/database.ts'
import { loadLite } from './database/load-lite.ts'
import { openDatabase } from './database/open-database.ts'
import { type PgliteClient, takePglite } from './database/pglite-client.ts'
import { prepareDatabase } from './database/prepare-database.ts'
import {
  DatabaseTrouble,
  explainTrouble,
  pgliteFailure,
  registryOfEarlier,
  serverFailure,
} from './database/trouble.ts'
import { wrapCalls } from './database-calls.ts'
import { type Keys, loadKeys } from './keys.ts'
import { quietly } from './quiet.ts'
import { withLiteralFilters } from './rest-filters.ts'
import { answerStorage } from './storage/storage-answers.ts'

export interface CloudOptions {
  /** The folder that contains `.nofx/`, or in which it is created. */
  root: string
  /** `postgres://…`: a server instead of PGlite; it also stores the bundles, for everyone who shares it. */
  databaseUrl?: string
  /** How long to wait until another process releases `.nofx/`, milliseconds; 10,000 unless given. */
  waitMs?: number
  onWait?: (holder: LockHolder) => void
  /** The answers that stay right when the database is closed; without it, none are noted. */
  atRest?: AtRest | undefined
}

/** An open embedded cloud: Supabase's REST and storage interfaces in this process. */
export interface Cloud {
  app: App
  /** A web-standard handler for /rest, /storage and /auth: called by the clients, and served by `nofx dev`. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** A client with the secret key: may call the registry's functions. */
  client: SupabaseClient
  /** The same inside of a preview. */
  clientIn: (preview: string) => SupabaseClient
  /** A client with the publishable key: sees what anonymous readers see. */
  anonClient: SupabaseClient
  keys: Keys
  /** The sizes of objects in one question to storage: see `Database.readSizes`. */
  readSizes: Database['readSizes']
  /** The bytes of an object: see `Database.readObject`. */
  readObject: Database['readObject']
  /** The newest event: see `Database.readNewest`. */
  readNewest: Database['readNewest']
  /** Another text after every write: see `Database.readState`. */
  readState: Database['readState']
  /** Which bundles need no upload: see `Database.findStored`. */
  findStored: Database['findStored']
  /** Stores many objects in one transaction: see `Database.storeObjects`. */
  storeObjects: Database['storeObjects']
  /** Stages definitions in one transaction: see `Database.stageRows`. */
  stageRows: Database['stageRows']
  /** The database's notifications: see `Database.listen`. */
  listen: Database['listen']
  close(): Promise<void>
}

/** A host that no request reaches: the clients call `fetch` above. */
const IN_PROCESS_URL = 'http://embedded.localhost'
const DEFAULT_WAIT_MS = 10_000

/**
 * Opens the embedded cloud under `root`; the first call creates it.
 * @throws Failure EMBEDDED_LOCKED, EMBEDDED_CORRUPT; with a database URL: CONFIG, REMOTE_FAILED, REMOTE_DENIED
 */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const folder = openDataFolder(options.root)
  // Its thread starts while this process waits for the lock, and while code is loaded.
  const on = options.databaseUrl || takePglite()
  try {
    return await openFolder(folder, on, options)
  } catch (error) {
    if (typeof on !== 'string') await on.end()
    throw error
  }
}

async function openFolder(
  folder: DataFolder,
  on: PgliteClient | string,
  { waitMs = DEFAULT_WAIT_MS, onWait, atRest }: CloudOptions,
): Promise<Cloud> {
  const lock = typeof on === 'string' ? undefined : await acquireLock(folder.lock, { waitMs, onWait })
  try {
    if (lock) beginUse(folder, atRest)
    const cloud = await quietly(() => start(folder, on, lock))
    const close = once(async () => {
      // Once the lock is lost, another process may write these files: closing PGlite would overwrite its changes.
      if (lock?.isOurs() ?? true) await (atRest ? atRest.close(cloud, folder) : cloud.close())
      else if (typeof on !== 'string') await on.end()
      lock?.release()
    })
    return { ...cloud, close }
  } catch (error) {
    lock?.release()
    throw typeof on === 'string' ? serverFailure(error, on) : pgliteFailure(error, folder)
  }
}

async function start(folder: DataFolder, on: PgliteClient | string, lock?: FileLock): Promise<Cloud> {
  const databaseUrl = typeof on === 'string' ? on : undefined
  const keys = loadKeys(folder)
  const trouble = new DatabaseTrouble((error) => explainTrouble(error, folder, databaseUrl))
  // Code is loaded while the database starts.
  const code = Promise.all([loadLite(), loadClient()])
  code.catch(() => {})
  const database = await openDatabase(folder, on, trouble.note)
  try {
    const [lite, createClient] = await code
    const app = await createApp(lite, database, keys)
    const session = await database.session()
    const otherRegistry = () => registryOfEarlier(folder, databaseUrl)
    await prepareDatabase(app, session, database.storageTable, otherRegistry).finally(() => session.end())
    // PGlite has one session, and lite does not keep the transactions of two requests on it apart.
    const inLine: InLine = database.serial ? oneAtATime() : (task) => task()
    const guard = () => {
      if (lock && !lock.isOurs()) throw lockLost(folder.lock)
    }
    const inTurn = <T>(call: () => Promise<T>) => inLine(() => trouble.during(call, guard))
    const direct = wrapCalls(database, inTurn)
    const read: Handling['read'] = (call) => inTurn(() => database.readDocument(call))
    const { readSizes, storeObjects } = direct
    const handling = { guard, keys, readSizes, storeObjects, read }
    const { fetch, tracked, drain } = handler(app, inLine, trouble, handling)
    const listen: Cloud['listen'] = async (channel, onPayload) => {
      const stop = await inLine(() => database.listen(channel, onPayload))
      return () => inLine(() => stop())
    }
    const close = () => quietly(async () => drain(() => database.close()))
    const clients = createClients(createClient, keys, fetch)
    const calls = wrapCalls(direct, (call) => tracked(call()))
    return { app, fetch, ...clients, keys, ...calls, listen, close }
  } catch (error) {
    await database.close().catch(() => {})
    throw error
  }
}

/** The clients of this cloud, which ask it in this process. */
function createClients(
  createClient: Awaited<ReturnType<typeof loadClient>>,
  { secret, publishable }: Keys,
  fetch: Cloud['fetch'],
): Pick<Cloud, 'client' | 'anonClient' | 'clientIn'> {
  const clientFor = (key: string, asks = fetch) => createClient(IN_PROCESS_URL, key, withoutRealtime(asks))
  const clientIn = (preview: string) => clientFor(secret, inPreview(preview, fetch))
  return { client: clientFor(secret), anonClient: clientFor(publishable), clientIn }
}

/** The bundle loads a package at the first use of one of its names. */
async function loadClient() {
  const { createClient } = await import('@supabase/supabase-js')
  return createClient
}

async function createApp(
  { App }: Awaited<ReturnType<typeof loadLite>>,
  database: Database,
  keys: Keys,
): Promise<App> {
  const app = new App({
    connection: database.connection,
    api: { max_rows: 1000 },
    auth: {
      enabled: true,
      publishable_key: keys.publishable,
      secret_key: keys.secret,
      jwt_secret: keys.jwtSecret,
    },
    storage: { enabled: true, file_size_limit: '5GiB' },
    studio: { enabled: false },
    options: { server: { disableStudio: true } },
  })
  app._storageAdapter = database.storage
  await app.init()
  return app
}

type InLine = ReturnType<typeof oneAtATime>

interface Handling {
  /** Throws when requests may no longer be answered. */
  guard: () => void
  keys: Keys
  readSizes: Database['readSizes']
  storeObjects: Database['storeObjects']
  /** Answers functions that read without lite. */
  read: Database['readDocument']
}

/** `drain` runs its task after every request that is under way. */
function handler(
  app: App,
  inLine: InLine,
  trouble: DatabaseTrouble,
  { guard, keys, readSizes, storeObjects, read }: Handling,
) {
  const open = new Set<Promise<unknown>>()
  const roleOf = roleFinder(keys)
  const answerRead = createAnswerRead(roleOf, read)
  const answerUpload = createAnswerUpload(roleOf, storeObjects)
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    open.add(work)
    return work.finally(() => open.delete(work))
  }
  const answer = async (request: Request) => {
    // The body is read before the request is queued, so that a slow sender does not hold up other requests.
    const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined
    const direct = body && ((await answerRead(request, body)) ?? (await answerUpload(request, body)))
    if (direct) return direct
    const whole = body ? new Request(request, { body }) : request
    const ask = (one: Request) =>
      inLine(() => trouble.answer(one, async () => app.fetch(one, { peerAddress: null }), guard))
    const { pathname } = new URL(whole.url)
    if (pathname.startsWith('/rest/')) return ask(withLiteralFilters(whole))
    if (pathname.startsWith('/storage/')) return answerStorage(whole, ask, readSizes)
    if (!pathname.startsWith('/auth/')) return ask(whole)
    return withClaims(await ask(await withCodeType(whole)), keys.jwtSecret)
  }
  const fetch: Cloud['fetch'] = (input, init) => tracked(quietly(() => answer(new Request(input, init))))
  const drain = async (task: () => Promise<void>): Promise<void> => {
    await Promise.allSettled(open)
    await task()
  }
  return { fetch, tracked, drain }
}

function once(task: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= task()
    return done
  }
}
