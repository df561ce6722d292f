import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import type { Query } from './database.ts'
import { createDatabaseFrom, dropDatabase, onServer, serverUrl } from './postgres.ts'

/** A database for other processes, with a connection for queries. */
export interface CloudDatabase {
  name: string
  url: string
  query: Query
  /** Ends the connection of `query`. */
  leave: () => Promise<void>
  drop: () => Promise<void>
}

/** The template database: an empty database after nofx opened it for the first time. */
const OPENED = 'nofx_opened'
let ready: Promise<void> | undefined

/** An empty database on the server of this test run. */
export async function emptyDatabase(): Promise<CloudDatabase> {
  return createFrom('template0')
}

/** An empty database that sorts and compares texts as those of hosted projects do. */
export async function databaseInEnglish(): Promise<CloudDatabase> {
  return createFrom(`template0 locale_provider icu icu_locale 'en-US'`)
}

/** The URL of a new database on another server. */
export async function emptyDatabaseOn(base: string): Promise<{ url: string }> {
  const sql = connect(base, 'postgres')
  const name = `cloud_${randomBytes(8).toString('hex')}`
  await sql.unsafe(`create database ${name}`).finally(() => sql.end())
  return { url: `${base}/${name}` }
}

/**
 * A database on the server of this test run that nofx has opened before: with all migrations and nothing published.
 */
export async function openedDatabase(): Promise<CloudDatabase> {
  ready ??= serverUrl().then((base) =>
    onServer(base, async (sql) => {
      // Workers may get here at the same time; the first one makes the template.
      await sql`select pg_advisory_lock(4208)`
      const [found] = await sql`select from pg_database where datname = ${OPENED}`
      if (!found) await createTemplate(sql)
    }),
  )
  await ready
  return createFrom(OPENED)
}

async function createTemplate(sql: Sql): Promise<void> {
  const making = await emptyDatabase()
  const root = mkdtempSync(join(tmpdir(), 'nofx-opened-'))
  const cloud = await openCloud({ root, databaseUrl: making.url })
  await cloud.close()
  rmSync(root, { recursive: true })
  // A new connection leaves what every connection to a copy reads at its start.
  await making.query('select 1')
  await making.leave()
  await sql.unsafe(`alter database ${making.name} rename to ${OPENED}`)
}

async function createFrom(template: string): Promise<CloudDatabase> {
  const base = await serverUrl()
  const name = `cloud_${randomBytes(8).toString('hex')}`
  await createDatabaseFrom(template, name)
  const inside = connect(base, name)
  const leave = () => inside.end()
  return {
    name,
    url: `${base}/${name}`,
    query: async <R>(text: string, values: readonly unknown[] = []) =>
      [...(await inside.unsafe(text, values as never[]))] as R[],
    leave,
    drop: async () => {
      await leave()
      await dropDatabase(name)
    },
  }
}

function connect(base: string, database: string): Sql {
  return postgres(`${base}/${database}`, { max: 1, onnotice: () => {} })
}
