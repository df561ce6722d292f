import { Failure } from '../../core/failure.ts'
import { type Database, keepGrants, type Session } from './database.ts'
import { loadPostgresDriver } from './load-lite.ts'
import { BYTES_TABLE, CREATE_BYTES, createPostgresStorage } from './postgres-storage.ts'
import { createSchemaCache } from './schema-cache.ts'

/** Requests at once on one server; more of them wait in line. */
const POOL = 8

/**
 * Opens the PostgreSQL server at `url` (a direct connection or a session pooler: migrations lock by session).
 * @param cacheFile keeps what lite found out about the schema
 * @throws Failure CONFIG, REMOTE_FAILED, REMOTE_DENIED; never with the URL's password
 */
export async function openPostgres(url: string, cacheFile: string): Promise<Database> {
  const name = publicName(url)
  const [{ createPostgresConnection }, { default: postgres }] = await Promise.all([
    loadPostgresDriver(),
    import('postgres'),
  ])
  const schemaCache = createSchemaCache(cacheFile, name)
  const connection = createPostgresConnection({
    url,
    schemaCache,
    postgresOptions: { max: POOL, onnotice: () => {}, types: { json: jsonType(114), jsonb: jsonType(3802) } },
  })
  keepGrants(connection)
  const session = async (): Promise<Session> => {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
    return {
      run: async (script) => {
        await sql.unsafe(script).simple()
      },
      rows: async <Row>(query: string, values: readonly string[] = []) =>
        [...(await sql.unsafe(query, [...values]))] as Row[],
      end: () => sql.end(),
    }
  }
  try {
    await connection.driver`select 1`
  } catch (error) {
    await connection.close().catch(() => {})
    throw unreachable(name, error)
  }
  return {
    connection,
    session,
    storage: createPostgresStorage(connection.driver),
    storageTable: { name: BYTES_TABLE, create: CREATE_BYTES },
    serial: false,
    listen: async (channel, onPayload) => {
      let again = false
      // The driver gives listening a connection of its own, and listens again on a new one when that is lost.
      const { unlisten } = await connection.driver.listen(channel, onPayload, () => {
        if (again) onPayload('')
        again = true
      })
      return unlisten
    },
    close: () => {
      schemaCache.keep()
      return connection.close()
    },
  }
}

/** lite hands JSON over as text already; the driver's default would encode that text once more. */
function jsonType(oid: number) {
  const serialize = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return { to: oid, from: [oid], serialize, parse: (text: string): unknown => JSON.parse(text) }
}

/** Host, port and database of a URL, for people. */
export function publicName(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url)
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new TypeError(protocol)
    return `postgres://${host}${pathname}`
  } catch {
    throw new Failure(
      'CONFIG',
      'NOFX_DATABASE_URL is not a PostgreSQL URL',
      'set it to postgres://user:password@host:5432/database',
    )
  }
}

function unreachable(name: string, cause: unknown): Failure {
  const { code = '', message = '' } = cause as { code?: string; message?: string }
  if (code.startsWith('28'))
    return new Failure(
      'REMOTE_DENIED',
      `${name}: ${message}`,
      'check user and password in NOFX_DATABASE_URL',
      {
        at: name,
        cause,
      },
    )
  return new Failure(
    'REMOTE_FAILED',
    `${name} cannot be reached (${code || message})`,
    'start that server, or unset NOFX_DATABASE_URL to use the embedded one',
    { at: name, cause },
  )
}
