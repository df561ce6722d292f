import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { become, type DatabaseOptions, type Query, type TestDatabase } from './database.ts'
import { OWNER, startPostgres } from './postgres-server.ts'
import { CREATE_STORAGE, readMigrations } from './prepare.ts'

/**
 * A database on a real server: `url` for other processes (as a superuser), `sql` for parallel connections in this
 * one.
 */
export interface PostgresDatabase extends TestDatabase {
  url: string
  sql: Sql
}

const BLANK = 'nofx_blank'
const MIGRATED = 'nofx_migrated'
const quiet = { onnotice: () => {} }
let server: Promise<string> | undefined
let admin: Promise<Sql> | undefined

/**
 * The superuser's URL of the server of this test run: vitest's global setup has one for all workers, a script starts
 * its own.
 */
export function serverUrl(): Promise<string> {
  server ??= (async () => {
    const door = process.env.NOFX_TEST_POSTGRES
    const url = door ? await askFor(door) : await startPostgres()
    await createTemplates(url)
    return url
  })()
  return server
}

async function askFor(door: string): Promise<string> {
  const response = await fetch(door)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** A fresh database with roles, the storage schema and all migrations. */
export async function createDatabase({ migrated = true }: DatabaseOptions = {}): Promise<PostgresDatabase> {
  const base = await serverUrl()
  const name = `test_${randomBytes(8).toString('hex')}`
  await createDatabaseFrom(migrated ? MIGRATED : BLANK, name, `owner ${OWNER}`)
  const url = `${base}/${name}`
  const sql = postgres(url, quiet)
  const transaction = async <T>(work: (query: Query) => Promise<T>) =>
    (await sql.begin((inside) => work(queryOf(inside)))) as T
  return {
    engine: 'postgres',
    url,
    sql,
    query: queryOf(sql),
    run: async (script) => {
      await sql.unsafe(script).simple()
    },
    transaction,
    as: (caller, work) =>
      transaction(async (query) => {
        await become(query, caller)
        return work(query)
      }),
    drop: async () => {
      await sql.end({ timeout: 5 })
      await dropDatabase(name)
    },
  }
}

function queryOf(sql: Pick<Sql, 'unsafe'>): Query {
  return async <R>(text: string, values: readonly unknown[] = []) =>
    [...(await sql.unsafe(text, values as never[], { prepare: values.length > 0 }))] as R[]
}

/** Creates a database. A copy of the template's files takes a third of the time of the default, which logs each page. */
export async function createDatabaseFrom(template: string, name: string, more = ''): Promise<void> {
  await administer(`create database ${name} template ${template} ${more} strategy file_copy`)
}

export async function dropDatabase(name: string): Promise<void> {
  await administer(`drop database if exists ${name} with (force)`)
}

/** Statements share one connection, because a new one takes as long as they do. It ends a second after the last. */
async function administer(statement: string): Promise<void> {
  admin ??= serverUrl().then((base) => postgres(`${base}/postgres`, { ...quiet, max: 1, idle_timeout: 1 }))
  await (await admin).unsafe(statement)
}

/** Runs `work` on a connection of its own: locks of a session end with it. */
export async function onServer(base: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(`${base}/postgres`, { ...quiet, max: 1 })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}

/** Workers may get here at the same time: the first makes the templates, under a lock of the whole server. */
async function createTemplates(base: string): Promise<void> {
  await onServer(base, async (sql) => {
    await sql`select pg_advisory_lock(4207)`
    const [found] = await sql`select from pg_database where datname = ${MIGRATED}`
    if (found) return
    await createTemplate(
      sql,
      base,
      BLANK,
      'template0',
      `${CREATE_STORAGE}
      grant all on schema public to ${OWNER};
      grant usage on schema storage to ${OWNER};
      grant all on all tables in schema storage to ${OWNER};
      -- hosted Supabase lets its postgres make policies there, which PostgreSQL itself allows to owners only
      alter table storage.objects owner to ${OWNER};`,
    )
    const migrations = readMigrations().map((migration) => migration.sql)
    await createTemplate(sql, base, MIGRATED, BLANK, `set role ${OWNER};\n${migrations.join('\n')}`)
  })
}

async function createTemplate(
  sql: Sql,
  base: string,
  name: string,
  from: string,
  script: string,
): Promise<void> {
  await sql.unsafe(`drop database if exists ${name}_new with (force)`)
  await sql.unsafe(`create database ${name}_new template ${from}`)
  // The second connection leaves what every connection to a copy reads at its start.
  for (const text of [script, 'select 1']) {
    const inside = postgres(`${base}/${name}_new`, { ...quiet, max: 1 })
    await inside
      .unsafe(text)
      .simple()
      .finally(() => inside.end())
  }
  await sql.unsafe(`alter database ${name}_new rename to ${name}`)
}
