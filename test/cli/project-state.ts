import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sha256 } from '../../src/core/contract/digest.ts'
import type { TestProject } from '../harness/project.ts'

/** All that a project's embedded cloud holds: rows by table, objects by path with their hashes. */
export interface CloudState {
  rows: Record<string, number>
  objects: Record<string, string>
}

/** Looks into the embedded cloud behind the CLI's back. Only while no command runs in the project. */
export async function cloudState(project: TestProject): Promise<CloudState> {
  const db = new PGlite(join(project.root, '.nofx/db'))
  try {
    const { rows: tables } = await db.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname = 'public' or (schemaname = 'storage' and tablename = 'objects') order by 1`,
    )
    const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as amount from ${name}`)
    const { rows } = await db.query<{ name: string; amount: number }>(counts.join(' union all '))
    return {
      rows: Object.fromEntries(rows.map(({ name, amount }) => [name, amount])),
      objects: filesBelow(join(project.root, '.nofx/storage')),
    }
  } finally {
    await db.close()
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
