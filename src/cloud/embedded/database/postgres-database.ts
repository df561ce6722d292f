import type { Connection } from '@supabase/lite'
import pg from 'pg'
import { Failure } from '../../../contract/failure.ts'
import { serverState } from '../../../core/registry/database-state.ts'
import { asLost, connectClient, endClient } from '../postgres/postgres-client.ts'
import { listenOn } from '../postgres/postgres-listener.ts'
import { openPool, type Pool } from '../postgres/postgres-pool.ts'
import { publicName } from '../postgres/server-name.ts'
import { createFindStored } from '../storage/find-stored.ts'
import {
  BYTES_TABLE,
  CREATE_BYTES,
  createPostgresStorage,
  placeInPostgres,
  readInPostgres,
  sizesInPostgres,
} from '../storage/postgres-storage.ts'
import { createStoreObjects } from '../storage/store-objects.ts'
import { type Database, NEWEST, type NewestRow, type Session } from './database.ts'
import { connectLite } from './postgres-connection.ts'
import { type AskTwice, createReadDocument, type Statement } from './read-documents.ts'
import { createSchemaCache } from './schema-cache.ts'
import { createStageRows } from './stage-rows.ts'

/** The most requests at once on one server; later ones queue. */
const POOL = 8

/**
 * Opens the PostgreSQL server at `url` (a direct connection or a session pooler: migrations lock by session).
 * @param cacheFile stores lite's introspection of the schema
 * @param onError called with every error of the server and of a connection, in the context of the request that caused
 * it
 * @throws Failure CONFIG, REMOTE_FAILED, REMOTE_DENIED; never with the URL's password
 */
export async function openPostgres(
  url: string,
  cacheFile: string,
  onError: (error: unknown) => void,
): Promise<Database> {
  const name = publicName(url)
  const schemaCache = createSchemaCache(cacheFile, name)
  const pool = openPool({ url, max: POOL, onError })
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw unreachable(name, error)
  }
  const connection = await connectLite(url, pool, schemaCache)
  const place = placeInPostgres(pool)
  return {
    connection,
    session: () => openSession(url),
    storage: createPostgresStorage(pool),
    findStored: createFindStored(place),
    storeObjects: createStoreObjects(place),
    stageRows: createStageRows(place),
    readDocument: createReadDocument(askTwice(pool, connection)),
    readSizes: (bucket, names) => sizesInPostgres(pool, bucket, names),
    readObject: (bucket, name) => readInPostgres(pool, bucket, name),
    readNewest: async () => (await pool.query(NEWEST)).rows[0] as NewestRow | undefined,
    storageTable: { name: BYTES_TABLE, create: CREATE_BYTES },
    serial: false,
    listen: (channel, onPayload) => listenOn(url, channel, onPayload),
    close: () => {
      schemaCache.keep()
      return pool.end()
    },
  }
}

/** Both statements in one message, which PostgreSQL runs as one transaction. */
function askTwice(pool: Pool, connection: Connection): AskTwice {
  let introspected: Promise<unknown> | undefined
  return async (first, second) => {
    // As at the first request to lite: its file shows the next command that this server has been opened.
    introspected ??= connection.introspect({ useCache: true }).catch((error) => {
      introspected = undefined
      throw error
    })
    await introspected
    // The driver answers several statements with a list.
    const results: unknown = await pool.query([first, second].map(writeOut).join(';\n'))
    const [, rows] = results as { rows: unknown[] }[]
    return rows ?? { rows: [] }
  }
}

/** A statement with its values in it. */
function writeOut({ sql, values }: Statement): string {
  return sql.replace(/\$(\d+)/g, (_, nth) => {
    const value = values[nth - 1]
    return value === null ? 'null' : pg.escapeLiteral(String(value))
  })
}

async function openSession(url: string): Promise<Session> {
  const client = await connectClient(url)
  return {
    run: async (script) => {
      await client.query(script).catch(fail)
    },
    rows: async <Row>(query: string, values: readonly string[] = []) =>
      (await client.query(query, [...values]).catch(fail)).rows as Row[],
    end: () => endClient(client),
  }
}

const fail = (error: unknown): never => {
  throw asLost(error)
}

function unreachable(name: string, cause: unknown): Failure {
  const { code = '', message = '', reason = code || message } = cause as DriverError
  const options = { at: name, cause }
  if (code.startsWith('28') || /password must be a string/.test(reason))
    return new Failure(
      'REMOTE_DENIED',
      `${name}: ${message}`,
      'check user and password in NOFX_DATABASE_URL',
      options,
    )
  // A system error has a name; every other reason comes from a connection that had been open before.
  const state = /^E[A-Z_]+$|timeout/.test(reason) ? undefined : serverState(cause, name)
  if (state) return state
  return new Failure(
    'REMOTE_FAILED',
    `${name} cannot be reached (${reason})`,
    'start that server, or unset NOFX_DATABASE_URL to use the embedded one',
    options,
  )
}

interface DriverError {
  code?: string
  message?: string
  /** Why a connection was lost. */
  reason?: string
}
