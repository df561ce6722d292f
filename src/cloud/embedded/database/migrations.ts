import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../../../contract/failure.ts'
import type { Session } from './database.ts'

const MIGRATIONS = join('supabase', 'migrations')

/** A file of `supabase/migrations/`: `<version>_<name>.sql`. */
export interface Migration {
  version: string
  name: string
  path: string
}

/** The migrations of this version of NOFX, in order: from the source tree, the build or the installed package. */
export function listMigrations(directory = join(findPackage(), MIGRATIONS)): Migration[] {
  return readdirSync(directory)
    .sort()
    .flatMap((file) => {
      const [, version, name] = /^(\d{14})_(\w+)\.sql$/.exec(file) ?? []
      return version && name ? [{ version, name, path: join(directory, file) }] : []
    })
}

/** The folder that holds this copy of NOFX: a checkout or an installed package. */
export function findPackage(): string {
  for (let at = import.meta.dirname; ; at = dirname(at)) {
    if (existsSync(join(at, MIGRATIONS))) return at
    if (dirname(at) === at) throw new Failure('BUG', 'supabase/migrations is missing', 'install nofx again')
  }
}

/** The versions of the migrations that the database has, from any version of NOFX. */
export async function appliedMigrations(session: Session): Promise<Set<string>> {
  const rows = await session.rows<{ version: string }>(
    'select version from supabase_migrations.schema_migrations',
  )
  return new Set(rows.map((row) => row.version))
}

/** The migrations that the database does not have yet. */
export async function pendingMigrations(session: Session, all: readonly Migration[]): Promise<Migration[]> {
  const applied = await appliedMigrations(session)
  return all.filter((migration) => !applied.has(migration.version))
}

/**
 * Whether the database has a registry that the first migration of `all` did not create: one of an earlier NOFX, or one
 * that was created in another way. The first migration checks the same for the Supabase CLI.
 */
export async function hasOtherRegistry(
  session: Session,
  all: readonly Migration[],
  applied: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  if (all[0] && applied.has(all[0].version)) return false
  const [row] = await session.rows<{ other: boolean }>(`select
    to_regprocedure('public.registry_is_publisher()') is not null
      or to_regclass('public.registry_heads') is not null as other`)
  return row?.other === true
}

/**
 * Applies migrations in order, each in one transaction with its row in the table that the Supabase CLI keeps, so that
 * both tools agree on what is applied. Call only while holding the database's preparation lock.
 * @throws Failure REMOTE_FAILED naming the file that failed; the files before it stay applied
 */
export async function applyMigrations(session: Session, pending: readonly Migration[]): Promise<void> {
  for (const { version, name, path } of pending) {
    try {
      await session.run('begin')
      await session.run(readFileSync(path, 'utf8'))
      await session.rows(
        'insert into supabase_migrations.schema_migrations (version, name) values ($1, $2)',
        [version, name],
      )
      await session.run('commit')
    } catch (cause) {
      await session.run('rollback').catch(() => {})
      const { message } = cause as Error
      throw new Failure('REMOTE_FAILED', `migration ${version}_${name} failed: ${message}`, 'nofx doctor', {
        at: path,
        check: 'check the server that NOFX_DATABASE_URL names, or the disk of .nofx/',
        cause,
      })
    }
  }
}
