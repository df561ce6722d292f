import type { ROLES } from './prepare.ts'

export type Row = Record<string, unknown>

/** Runs one statement with `$1` parameters; objects are sent as JSON, and JSON is returned as objects. */
export type Query = <R = Row>(text: string, values?: readonly unknown[]) => Promise<R[]>

/** The caller of a statement: a database role, and the claims of the token that PostgREST would have verified. */
export interface Caller {
  role: (typeof ROLES)[number]
  claims?: Row
}

export const PUBLISHER: Caller = {
  role: 'authenticated',
  claims: { role: 'authenticated', app_metadata: { nofx_role: 'publisher' } },
}

/** A fresh database with all migrations, on either engine. */
export interface TestDatabase {
  engine: 'pglite' | 'postgres'
  query: Query
  /** Runs many statements without parameters. */
  run(script: string): Promise<void>
  /** Runs `work` in one transaction as the owner of everything; an exception rolls the transaction back. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** Runs `work` in one transaction as PostgREST would for `caller`. */
  as<T>(caller: Caller, work: (query: Query) => Promise<T>): Promise<T>
  drop(): Promise<void>
}

/** Options of a test's database; `migrated: false` leaves out NOFX's migrations. */
export interface DatabaseOptions {
  migrated?: boolean
}

/** Runs the statements that make the rest of a transaction run as `caller`. */
export async function become(query: Query, { role, claims }: Caller): Promise<void> {
  await query(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [
    JSON.stringify(claims ?? { role }),
    role,
  ])
}
