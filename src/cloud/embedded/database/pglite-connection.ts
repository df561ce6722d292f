import type { Connection } from '@supabase/lite'
import type { DatabaseConnection, Driver } from 'kysely'
import { keepGrants } from './database.ts'
import { loadKysely, loadPostgresDriver } from './load-lite.ts'
import type { PgliteClient } from './pglite-client.ts'
import type { createSchemaCache } from './schema-cache.ts'

/** lite's connection to PGlite in its thread. lite's own runs PGlite in the main thread, and loads it there. */
export async function connectLite(
  client: PgliteClient,
  schemaCache: ReturnType<typeof createSchemaCache>,
): Promise<Connection> {
  const [{ createPostgresConnection }, kysely] = await Promise.all([loadPostgresDriver(), loadKysely()])
  const { CompiledQuery, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } = kysely
  const single: DatabaseConnection = {
    async executeQuery<Row>({ sql: text, parameters }: { sql: string; parameters: readonly unknown[] }) {
      const { rows, affectedRows } = await client.query<Row>(text, parameters)
      return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) }
    },
    streamQuery() {
      throw new Error('PGlite has no streams of rows')
    },
  }
  const run = (text: string) => (connection: DatabaseConnection) =>
    connection.executeQuery(CompiledQuery.raw(text)).then(() => {})
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => single,
    beginTransaction: run('begin'),
    commitTransaction: run('commit'),
    rollbackTransaction: run('rollback'),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
  const db = new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (on) => new PostgresIntrospector(on),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  const connection = createPostgresConnection({ schemaCache })
  const exec = async (text: string, ...values: readonly unknown[]) =>
    values.length > 0 ? client.query(text, values) : { rows: (await client.exec(text))[0]?.rows }
  Object.assign(connection, { kysely: db, exec, driver: client, close: () => client.close() })
  keepGrants(connection)
  return connection
}
