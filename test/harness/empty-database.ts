import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import type { Query } from './database.ts'
import { serverUrl } from './postgres.ts'

/** A database for other processes, and a look into it. */
export interface EmptyDatabase {
  url: string
  query: Query
  drop: () => Promise<void>
}

/** A database of this run's server with nothing in it. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const base = await serverUrl()
  const name = `cloud_${randomBytes(8).toString('hex')}`
  const connect = (database: string) => postgres(`${base}/${database}`, { max: 1, onnotice: () => {} })
  const onServer = async (work: (sql: Sql) => Promise<unknown>) => {
    const sql = connect('postgres')
    await work(sql).finally(() => sql.end())
  }
  await onServer((sql) => sql.unsafe(`create database ${name} template template0`))
  const inside = connect(name)
  return {
    url: `${base}/${name}`,
    query: async <R>(text: string, values: readonly unknown[] = []) =>
      [...(await inside.unsafe(text, values as never[]))] as R[],
    drop: async () => {
      await inside.end()
      await onServer((sql) => sql.unsafe(`drop database if exists ${name} with (force)`))
    },
  }
}
