import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { type CacheFile, readCache, writeCache } from '../../../core/cache/cache-file.ts'
import { listMigrations } from './migrations.ts'

/** The key of the only line of the file. */
const SCHEMA = 'schema'

/**
 * lite's introspection of tables and functions, kept in a file: it takes most of the time of a short command. Only our
 * migrations change the schema, so the cache is valid for the same migrations in the same database.
 */
export function createSchemaCache(path: string, database = '') {
  const hash = createHash('sha256').update(database)
  for (const migration of listMigrations()) hash.update(readFileSync(migration.path))
  const file: CacheFile = { path, maker: hash.digest('hex') }
  let isStored = false
  return {
    async get(): Promise<string | undefined> {
      return readCache(file).get(SCHEMA)
    },
    /** @param value JSON text in one line */
    async set(_key: string, value: string): Promise<void> {
      writeCache(file, [[SCHEMA, value]])
    },
    async delete(): Promise<void> {
      if (!isStored) rmSync(path, { force: true })
    },
    /** lite deletes its cache when it closes; after this call it does not. */
    keep() {
      isStored = true
    },
  }
}
