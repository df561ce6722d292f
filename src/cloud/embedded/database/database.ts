import type { Connection } from '@supabase/lite'
import type { StorageAdapter } from '../storage/storage-adapter.ts'

/** A session of its own for scripts: roles, system schemas and migrations. */
export interface Session {
  /** Runs a script of any number of statements, outside a transaction unless it opens one. */
  run(script: string): Promise<void>
  /** One query with values for $1, $2, … */
  rows<Row>(query: string, values?: readonly string[]): Promise<Row[]>
  end(): Promise<void>
}

/** The database under an embedded cloud. */
export interface Database {
  connection: Connection
  session(): Promise<Session>
  /** Where the bytes of objects are. */
  storage: StorageAdapter
  /** A table that `storage` needs, and the script that makes it. */
  storageTable?: { name: string; create: string }
  /** Whether requests must not overlap. */
  serial: boolean
  /**
   * Hears the notifications of a channel until the returned function is called. An empty payload says that some may
   * have been missed: whoever listens looks for itself.
   */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/**
 * Tells lite that row security is in use, which it would otherwise find out by itself and then grant everything on
 * every table to every role. Our migrations grant exactly what each role may do.
 */
export function keepGrants(connection: Connection): void {
  Object.assign(connection, { rlsState: 'active' })
}
