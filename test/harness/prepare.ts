import { readFileSync } from 'node:fs'
import { listMigrations } from '../../src/cloud/embedded/database/migrations.ts'

export { CREATE_ROLES, CREATE_STORAGE } from '../../scripts/migration/blank-database.mjs'

/** The roles that every Supabase project has. */
export const ROLES = ['anon', 'authenticated', 'service_role'] as const

/** The migrations' text by file name, in order. */
export function readMigrations(): { name: string; sql: string }[] {
  return listMigrations().map(({ version, name, path }) => ({
    name: `${version}_${name}.sql`,
    sql: readFileSync(path, 'utf8'),
  }))
}
