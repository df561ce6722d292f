import { PGlite } from '@electric-sql/pglite'
import { become, type DatabaseOptions, type Query, type TestDatabase } from './database.ts'
import { CREATE_ROLES, CREATE_STORAGE, readMigrations } from './prepare.ts'

let template: Promise<File | Blob> | undefined

/** A fresh database in memory, on the engine that the embedded cloud runs. */
export async function createPgliteDatabase({ migrated = true }: DatabaseOptions = {}): Promise<TestDatabase> {
  const db = migrated ? new PGlite({ loadDataDir: await dumpTemplate() }) : new PGlite()
  await db.waitReady
  if (!migrated) await db.exec(CREATE_ROLES + CREATE_STORAGE)
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

/** Migrating takes longer than loading a dump of the result. */
function dumpTemplate(): Promise<File | Blob> {
  template ??= (async () => {
    const db = new PGlite()
    await db.exec(CREATE_ROLES + CREATE_STORAGE)
    for (const { sql } of readMigrations()) await db.exec(sql)
    const dump = await db.dumpDataDir('none')
    await db.close()
    return dump
  })()
  return template
}

function queryOf(db: Pick<PGlite, 'query'>): Query {
  return async <R>(text: string, values: readonly unknown[] = []) =>
    (await db.query<R>(text, [...values])).rows
}
