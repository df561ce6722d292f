import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { listMigrations } from './migrations.ts'

/**
 * lite's introspection of tables and functions, kept in a file: it takes most of the time of a short command. Only our
 * migrations change the schema, so the cache is valid for the same migrations in the same database.
 */
export function createSchemaCache(file: string, database = '') {
  const fingerprint = createHash('sha256').update(database)
  for (const { path } of listMigrations()) fingerprint.update(readFileSync(path))
  const valid = `${fingerprint.digest('hex')}\n`
  let isStored = false
  return {
    async get(): Promise<string | undefined> {
      try {
        const text = readFileSync(file, 'utf8')
        return text.startsWith(valid) ? text.slice(valid.length) : undefined
      } catch {
        return undefined
      }
    },
    async set(_key: string, value: string): Promise<void> {
      writeFileSync(`${file}.new`, valid + value, { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
    async delete(): Promise<void> {
      if (!isStored) rmSync(file, { force: true })
    },
    /** lite deletes its cache when it closes; after this call it does not. */
    keep() {
      isStored = true
    },
  }
}
