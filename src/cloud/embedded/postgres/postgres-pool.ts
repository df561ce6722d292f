import pg from 'pg'
import { settledWithin } from '../../../core/settled-within.ts'
import { asLost, clientOptions, outliveErrors, streamOf } from './postgres-client.ts'

/** How long a pool waits for its connections to end before it destroys them, milliseconds. */
const CLOSE_WITHIN_MS = 5_000
/**
 * A statement without an answer for this long fails, and its
 * connection is destroyed, milliseconds: longer than any request.
 */
const ANSWER_WITHIN_MS = 160_000

/** A database, a role or a server may have other ones, by which lite and the shapes of answers would read something else. */
const SETTINGS = `set time zone 'UTC'; set datestyle to 'ISO'; set quote_all_identifiers to off`

export interface PoolOptions {
  url: string
  /** The most connections at once; further work queues. */
  max: number
  /** Called with every error of the server and of a connection, in the context of the request that caused it. */
  onError: (error: unknown) => void
}

/** One connection for the duration of one request's work. */
export interface Checkout {
  query(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  release(): void
}

/** Connections that are made when needed, and made again after they are lost. */
export interface Pool {
  connect(): Promise<Checkout>
  query(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult>
  /** Resolves when all connections are ended or destroyed. Work under way has a moment to end first. */
  end(): Promise<void>
}

/**
 * A pool on the server at `url`. A lost connection fails the query
 * on it, and nothing else: neither the process nor a later query.
 */
export function openPool({ url, max, onError }: PoolOptions): Pool {
  const { pool, cutAll } = openDriver(url, max)
  const slots = limited(max)
  const fail = (error: unknown): never => {
    const cause = asLost(error)
    onError(cause)
    throw cause
  }
  const connect = async (): Promise<Checkout> => {
    // The driver's connection timeout would also count the time in its own queue.
    await slots.take()
    try {
      const client = await pool.connect()
      return checkout(client, fail, slots.give)
    } catch (error) {
      slots.give()
      return fail(error)
    }
  }
  return {
    connect,
    query: async (sql, values) => {
      const checkout = await connect()
      return checkout.query(sql, values).finally(() => checkout.release())
    },
    end: async () => {
      const cut = setTimeout(cutAll, CLOSE_WITHIN_MS)
      await settledWithin(pool.end(), CLOSE_WITHIN_MS * 2)
      clearTimeout(cut)
    },
  }
}

/** Runs `work` on one connection in a transaction, which is rolled back after an error. */
export async function inTransaction(
  pool: Pick<Pool, 'connect'>,
  work: (query: Checkout['query']) => Promise<void>,
): Promise<void> {
  const { query, release } = await pool.connect()
  try {
    await query('begin')
    await work(query)
    await query('commit')
  } catch (error) {
    // A lost connection has rolled back by itself.
    await query('rollback').catch(() => {})
    throw error
  } finally {
    release()
  }
}

/** The driver's pool, and a function that destroys all its connections. */
function openDriver(url: string, max: number): { pool: pg.Pool; cutAll: () => void } {
  const clients = new Set<pg.ClientBase>()
  const pool = new pg.Pool({
    ...clientOptions(url),
    max,
    onConnect: async (client: pg.ClientBase) => {
      outliveErrors(client)
      clients.add(client)
      await client.query(SETTINGS)
    },
  } as pg.PoolConfig)
  pool.on('error', () => {})
  pool.on('remove', (client) => clients.delete(client))
  const cutAll = () => {
    for (const client of clients) streamOf(client).destroy()
  }
  return { pool, cutAll }
}

function checkout(client: pg.PoolClient, fail: (error: unknown) => never, give: () => void): Checkout {
  let isLost = false
  return {
    query: async (sql, values = []) => {
      const late = setTimeout(() => streamOf(client).destroy(), ANSWER_WITHIN_MS)
      try {
        return await client.query(sql, [...values])
      } catch (error) {
        isLost ||= asLost(error) !== error
        return fail(error)
      } finally {
        clearTimeout(late)
      }
    },
    release: () => {
      client.release(isLost)
      give()
    },
  }
}

/** Gives out up to `max` slots at once, the next ones in the order of the calls. */
function limited(max: number) {
  const waiting: (() => void)[] = []
  let free = max
  return {
    take: async (): Promise<void> => {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    give: (): void => {
      const next = waiting.shift()
      if (next) next()
      else free++
    },
  }
}
