import type { Connection } from '@supabase/lite'
import type { PostgresDialectConfig } from 'kysely'
import { asLost } from '../postgres/postgres-client.ts'
import type { Pool } from '../postgres/postgres-pool.ts'
import { keepGrants } from './database.ts'
import { loadKysely, loadPostgresDriver } from './load-lite.ts'
import type { createSchemaCache } from './schema-cache.ts'

/**
 * lite's connection to a server, on NOFX's own pool. lite's driver (`postgres`) throws outside of any promise when a
 * connection dies during a write, and may then never end; the build leaves that driver out.
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

/**
 * After a failed introspection lite continues with a database without tables; a missing list of time zones, which every
 * server has, reveals it.
 */
function certain(connection: Connection): Connection['introspect'] {
  const introspect = connection.introspect.bind(connection)
  return async (options) => {
    const introspection = await introspect(options)
    if (introspection.timezones === undefined) throw asLost(new Error('the schema was not read'))
    return introspection
  }
}
