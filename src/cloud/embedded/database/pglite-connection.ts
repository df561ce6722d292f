import type { Connection } from '@supabase/lite'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely'
import { keepGrants } from './database.ts'
import { loadKysely, loadPostgresDriver } from './load-lite.ts'
import type { PgliteClient } from './pglite-client.ts'
import type { createSchemaCache } from './schema-cache.ts'

/** lite's connection to PGlite in its thread. lite's own one loads PGlite into the main thread, and runs it there. */
export async function connectLite(
  client: PgliteClient,
  schemaCache: ReturnType<typeof createSchemaCache>,
): Promise<Connection> {
  const [{ createPostgresConnection }, kysely] = await Promise.all([loadPostgresDriver(), loadKysely()])
  const connection = createPostgresConnection({ schemaCache })
  Object.assign(connection, {
    kysely: new kysely.Kysely({ dialect: dialectOn(client, kysely) }),
    exec: async (text: string, ...values: readonly unknown[]) =>
      values.length > 0 ? client.query(text, values) : { rows: (await client.exec(text))[0]?.rows },
    driver: client,
    close: () => client.close(),
  })
  keepGrants(connection)
  return connection
}

function dialectOn(
  client: PgliteClient,
  { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler }: Awaited<ReturnType<typeof loadKysely>>,
): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driverOn(client),
    createIntrospector: (on) => new PostgresIntrospector(on),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

/** PGlite has one connection, which every transaction takes: the cloud answers one request after the other. */
function driverOn(client: PgliteClient): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery) {
      const { rows, affectedRows } = await client.query<Row>(sql, parameters)
      return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) }
    },
    streamQuery() {
      throw new Error('PGlite has no streams of rows')
    },
  }
  const run = (text: string) => async () => {
    await client.query(text)
  }
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: run('begin'),
    commitTransaction: run('commit'),
    rollbackTransaction: run('rollback'),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}
