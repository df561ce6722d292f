import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../src/contract/digest.ts'
import type { PostgresProject } from '../../harness/postgres-project.ts'

/** Everything that a project's embedded cloud stores: rows by table, objects by path with their hashes. */
export interface CloudState {
  rows: Record<string, number>
  objects: Record<string, string>
}

/** Reads the registry without the CLI. */
export async function cloudState({ database }: PostgresProject): Promise<CloudState> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'public' or (schemaname = 'storage' and tablename = 'objects') order by 1`,
  )
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as amount from ${name}`)
  const rows = await database.query<{ name: string; amount: number }>(counts.join(' union all '))
  const objects = await database.query<{ key: string; hash: string }>(
    `select key, encode(sha256(body), 'hex') as hash from nofx_storage.bytes order by key`,
  )
  return {
    rows: Object.fromEntries(rows.map(({ name, amount }) => [name, amount])),
    objects: Object.fromEntries(objects.map(({ key, hash }) => [key, hash])),
  }
}

/** Hashes of all files below a folder, by path. */
export function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), sha256(readFileSync(path))]),
  )
}
