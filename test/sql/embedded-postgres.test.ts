import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { embeddedBinaries } from '../harness/postgres-binaries.ts'
import { startPostgres } from '../harness/postgres-server.ts'
import { CREATE_STORAGE, readMigrations } from '../harness/prepare.ts'

/** False on platforms for which the npm package has no binaries. */
function hasEmbedded(): boolean {
  const scratch = mkdtempSync(join(tmpdir(), 'nofx-pg-probe-'))
  try {
    return Boolean(embeddedBinaries(scratch).bin)
  } catch {
    return false
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

test.skipIf(!hasEmbedded())(
  'the migrations run on the server of the npm package, on a machine without PostgreSQL',
  async () => {
    const sql = postgres(`${await startPostgres(embeddedBinaries)}/postgres`, { max: 1, onnotice: () => {} })
    try {
      await sql.unsafe(CREATE_STORAGE).simple()
      for (const migration of readMigrations()) await sql.unsafe(migration.sql).simple()
      const [row] = await sql`select public.registry_heads_json('["agents"]') as heads`
      expect(row).toEqual({ heads: [] })
    } finally {
      await sql.end()
    }
  },
)
