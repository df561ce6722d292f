import type { Connection } from '@supabase/lite'
import type { PostgresDialectConfig } from 'kysely'
import { asLost } from '../postgres/postgres-client.ts'
import type { Pool } from '../postgres/postgres-pool.ts'
import { keepGrants } from './database.ts'
import { loadKysely, loadPostgresDriver } from './load-lite.ts'
import type { createSchemaCache } from './schema-cache.ts'

/**
 * lite's connection to a server, on our own pool. Its own driver (`postgres`) throws outside of any promise when a
 * connection dies while it writes, and may then never end; the build leaves that driver out.
 */
export async function connectLite(
  url: string,
  pool: Pool,
  schemaCache: ReturnType<typeof createSchemaCache>,
): Promise<Connection> {
  const [{ createPostgresConnection }, { Kysely, PostgresDialect }] = await Promise.all([
    loadPostgresDriver(),
    loadKysely(),
  ])
  const connection = createPostgresConnection({ url, schemaCache })
  const dialect = new PostgresDialect({ pool: pool as unknown as PostgresDialectConfig['pool'] })
  Object.assign(connection, {
    kysely: new Kysely({ dialect }),
    close: () => pool.end(),
    introspect: certain(connection),
  })
  keepGrants(connection)
  return connection
}

/** lite answers an introspection that failed with a database without tables, and without what it knows of every server. */
function certain(connection: Connection): Connection['introspect'] {
  const introspect = connection.introspect.bind(connection)
  return async (options) => {
    const found = await introspect(options)
    if (found.timezones === undefined) throw asLost(new Error('the schema was not read'))
    return found
  }
}
