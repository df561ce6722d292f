import { readFileSync, writeFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { become, type DatabaseOptions, type Query, type TestDatabase } from './database.ts'
import { kept } from './kept.ts'
import { CREATE_ROLES, CREATE_STORAGE, readMigrations } from './prepare.ts'

/** As the embedded cloud does; PGlite fills the whole cache with zeros at every start. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

/** A fresh database in memory, on the same engine as the embedded cloud. */
export async function createPgliteDatabase({ migrated = true }: DatabaseOptions = {}): Promise<TestDatabase> {
  const db = new PGlite({ loadDataDir: await loadDump(migrated), startParams })
  await db.waitReady
  const transaction: TestDatabase['transaction'] = (work) => db.transaction((inside) => work(queryOf(inside)))
  return {
    engine: 'pglite',
    query: queryOf(db),
    run: async (script) => {
      await db.exec(script)
    },
    transaction,
    as: (caller, work) =>
      transaction(async (query) => {
        await become(query, caller)
        return work(query)
      }),
    drop: () => db.close(),
  }
}

/** Making a database takes five times as long as loading a dump of it, and migrating it takes as long again. */
async function loadDump(migrated: boolean): Promise<Blob> {
  const path = await kept(migrated ? 'pglite' : 'pglite-blank', async (making) => {
    const db = new PGlite()
    await db.exec(CREATE_ROLES + CREATE_STORAGE)
    if (migrated) for (const { sql } of readMigrations()) await db.exec(sql)
    const dump = await db.dumpDataDir('none')
    await db.close()
    writeFileSync(making, Buffer.from(await dump.arrayBuffer()))
  })
  return new Blob([readFileSync(path)])
}

function queryOf(db: Pick<PGlite, 'query'>): Query {
  return async <R>(text: string, values: readonly unknown[] = []) =>
    (await db.query<R>(text, [...values])).rows
}
