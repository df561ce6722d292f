import type { App } from '@supabase/lite'
import type { Failure } from '../../../contract/failure.ts'
import type { Database, Session } from './database.ts'
import {
  appliedMigrations,
  applyMigrations,
  hasOtherRegistry,
  listMigrations,
  type Migration,
  pendingMigrations,
} from './migrations.ts'

/** Any constant: it has to be the same in every NOFX and rare elsewhere. */
const PREPARATION_LOCK = '7305917416'

const ROLES = `
do $$
declare
  role record;
begin
  for role in select * from (values
    ('anon', 'nologin noinherit'),
    ('authenticated', 'nologin noinherit'),
    ('service_role', 'nologin noinherit bypassrls')
  ) as wanted (name, options)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = role.name) then
      begin
        execute format('create role %I %s', role.name, role.options);
      exception when duplicate_object or unique_violation then
        null;
      end;
    end if;
    if not pg_catalog.pg_has_role(current_user, role.name, 'member') then
      execute format('grant %I to current_user', role.name);
    end if;
  end loop;
end
$$;`

/**
 * The grants that hosted Supabase makes on its storage schema; row security without a policy keeps every role but
 * service_role out.
 */
const STORAGE_GRANTS = `
grant usage on schema storage to anon, authenticated, service_role;
grant all on all tables in schema storage to anon, authenticated, service_role;`

/**
 * Brings a database to the state that this version of NOFX expects: roles, lite's system schemas, migrations. Takes one
 * query when nothing is missing. Safe when several processes do it at once.
 * @param otherRegistry makes the failure for a database whose registry has no migration in common with ours
 * @throws Failure that of `otherRegistry`, before anything is changed; REMOTE_FAILED when a migration fails
 */
export async function prepareDatabase(
  app: App,
  session: Session,
  storageTable: Database['storageTable'],
  otherRegistry: () => Failure,
): Promise<void> {
  const all = listMigrations()
  const applied = await appliedTo(session, storageTable)
  if (isComplete(all, applied)) {
    // The cached schema is that of our migrations; a database with more of them was migrated by a newer NOFX.
    if (applied.size > all.length) await app.connection.clearSchemaCache()
    return
  }
  await session.run(`select pg_advisory_lock(${PREPARATION_LOCK})`)
  try {
    const applied = await appliedTo(session, storageTable)
    if (isComplete(all, applied)) return
    if (await hasOtherRegistry(session, all, applied)) throw otherRegistry()
    await session.run(ROLES)
    await app.ensureSystemSchema()
    await session.run(STORAGE_GRANTS)
    if (storageTable) await session.run(storageTable.create)
    // lite must not answer from the schema that it saw before the
    // migrations, and a crash must not leave it in the cache.
    await app.connection.clearSchemaCache()
    await applyMigrations(session, await pendingMigrations(session, all))
  } finally {
    await session.run(`select pg_advisory_unlock(${PREPARATION_LOCK})`)
  }
}

function isComplete(all: readonly Migration[], applied: Set<string> | undefined): applied is Set<string> {
  return applied !== undefined && all.every(({ version }) => applied.has(version))
}

/** The versions of a prepared database; undefined for a database that was never prepared. */
async function appliedTo(
  session: Session,
  storageTable: Database['storageTable'],
): Promise<Set<string> | undefined> {
  const tables = ['storage.objects', 'supabase_migrations.schema_migrations', storageTable?.name ?? []].flat()
  const [row] = await session.rows<{ ready: boolean }>(
    `select ${tables.map((name) => `to_regclass('${name}') is not null`).join(' and ')} as ready`,
  )
  return row?.ready === true ? appliedMigrations(session) : undefined
}
