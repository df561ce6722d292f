import { onTestFinished } from 'vitest'
import { createDatabase, type PostgresDatabase } from '../../harness/postgres.ts'
import { OWNER } from '../../harness/postgres-server.ts'

/** An empty project on PostgreSQL, as hosted Supabase prepares one, its own policies included. */
export async function emptyProject(): Promise<PostgresDatabase> {
  const db = await createDatabase({ migrated: false })
  onTestFinished(() => db.drop())
  await db.run(`
    create schema realtime;
    create table realtime.messages (topic text, extension text);
    create function realtime.topic() returns text language sql as 'select null::text';
    grant usage on schema realtime to ${OWNER};
    alter table realtime.messages owner to ${OWNER};
    alter default privileges for role ${OWNER} in schema public
      grant all on tables to anon, authenticated, service_role;
    alter default privileges for role ${OWNER} in schema public
      grant all on functions to anon, authenticated, service_role;
    create publication supabase_realtime;
    alter publication supabase_realtime owner to ${OWNER};`)
  return db
}
