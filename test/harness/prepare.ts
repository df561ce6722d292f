import { readFileSync } from 'node:fs'
import { listMigrations } from '../../src/cloud/embedded/database/migrations.ts'

export { CREATE_ROLES, CREATE_STORAGE } from '../../scripts/migration/blank-database.mjs'

/** The roles of every Supabase project. */
export const ROLES = ['anon', 'authenticated', 'service_role'] as const

/** The migrations' texts with their file names, in order. */
export function readMigrations(): { name: string; sql: string }[] {
  return listMigrations().map(({ version, name, path }) => ({
    name: `${version}_${name}.sql`,
    sql: readFileSync(path, 'utf8'),
  }))
}
