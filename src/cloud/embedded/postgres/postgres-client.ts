import { userInfo } from 'node:os'
import pg from 'pg'
import { TYPES } from './postgres-types.ts'

/** A connection that is not ready within this time counts as lost, milliseconds. */
const CONNECT_WITHIN_MS = 10_000
/** How long to wait for the end of a connection, milliseconds: a server that is gone never confirms it. */
const END_WITHIN_MS = 2_000

/** The options that every connection to the server at `url` has in common. */
export function clientOptions(url: string): pg.ClientConfig {
  return {
    connectionString: withCompatibleSsl(url),
    types: TYPES,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    ...(hasUser(url) ? {} : { user: userInfo().username }),
  }
}

/**
 * Opens one connection.
 * @throws Error with a SQLSTATE as its `code`, `08006` for a connection that was lost or could not be made
 */
export async function connectClient(url: string): Promise<pg.Client> {
  const client = new pg.Client(clientOptions(url))
  outliveErrors(client)
  try {
    await client.connect()
    return client
  } catch (error) {
    throw asLost(error)
  }
}

/** Keeps the end of an idle connection from ending the process: the next query on that connection fails instead. */
export function outliveErrors(client: pg.ClientBase): void {
  client.on('error', () => {})
}

/** Ends a connection, by force when the server does not answer. */
export async function endClient(client: pg.Client): Promise<void> {
  const force = setTimeout(() => streamOf(client).destroy(), END_WITHIN_MS)
  await client.end().catch(() => {})
  clearTimeout(force)
}

/** The socket under a connection; destroying it fails whatever waits for an answer. */
export function streamOf(client: pg.ClientBase): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream
}

/** The SQLSTATE `connection_failure`. */
const CONNECTION_FAILURE = '08006'

/**
 * Errors of the server as they are; every other error of the driver means that the connection can no longer be used.
 */
export function asLost(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) return error
  const { code, message } = error as { code?: unknown; message?: string }
  const reason = typeof code === 'string' ? code : message
  return Object.assign(new Error(`the connection to PostgreSQL was lost (${reason})`, { cause: error }), {
    code: CONNECTION_FAILURE,
    reason,
  })
}

/**
 * libpq's meaning of `sslmode`, as in every other PostgreSQL
 * tool: the driver itself checks certificates under `require`.
 */
function withCompatibleSsl(url: string): string {
  const parsed = new URL(url)
  const { searchParams } = parsed
  if (!searchParams.has('sslmode') || searchParams.has('uselibpqcompat')) return url
  searchParams.set('uselibpqcompat', 'true')
  return parsed.href
}

function hasUser(url: string): boolean {
  return new URL(url).username !== '' || Boolean(process.env.PGUSER)
}
