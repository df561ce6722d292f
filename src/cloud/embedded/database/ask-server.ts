import pg from 'pg'
import type { AskedKind } from '../../../core/registry/registry.ts'
import { requestApart } from '../../registry/heads-apart.ts'
import type { Pool } from '../postgres/postgres-pool.ts'
import { listMigrations } from './migrations.ts'

/**
 * What `registry_heads_apart` answers, in one request, as the role that the REST interface has.
 * @returns undefined if the database lacks one of our migrations
 * @throws Error of the server or of the connection
 */
export async function askServer(pool: Pick<Pool, 'query'>, kinds: readonly AskedKind[]): Promise<unknown> {
  const argument = pg.escapeLiteral(JSON.stringify(requestApart(kinds)))
  // They are one transaction, which ends with them, also after an error. The driver answers them with a list.
  const results = await pool.query(`
    set transaction read only;
    select version from supabase_migrations.schema_migrations;
    set local role service_role;
    select public.registry_heads_apart(${argument}::jsonb) as answer`)
  const [, versionRows, , answerRows] = results as unknown as { rows: Record<string, unknown>[] }[]
  const versions = new Set(versionRows?.rows.map(({ version }) => version))
  return listMigrations().every(({ version }) => versions.has(version))
    ? answerRows?.rows[0]?.answer
    : undefined
}
