import type { Connection } from '@supabase/lite'
import type { FindStored } from '../storage/find-stored.ts'
import type { StorageAdapter } from '../storage/storage-adapter.ts'
import type { StoreObjects } from '../storage/store-objects.ts'
import type { ReadDocument } from './read-documents.ts'
import type { StageRows } from './stage-rows.ts'

/** A separate session for scripts: roles, system schemas and migrations. */
export interface Session {
  /** Runs a script of any number of statements, outside of a transaction unless the script opens one. */
  run(script: string): Promise<void>
  /** Runs one query with values for $1, $2, … */
  rows<Row>(query: string, values?: readonly string[]): Promise<Row[]>
  end(): Promise<void>
}

/** The newest event of the feed. */
export interface NewestRow {
  seq: number
  mark: string
}

/** Reads the newest event. */
export const NEWEST = 'select seq, mark from public.registry_events order by seq desc limit 1'

/** The number that the next transaction which writes gets: it moves with every write. */
export const STATE = 'select pg_snapshot_xmax(pg_current_snapshot())::text as state'

/** The database under an embedded cloud. */
export interface Database {
  connection: Connection
  session(): Promise<Session>
  /** Where the bytes of objects are stored. */
  storage: StorageAdapter
  /**
   * The sizes of the objects of a bucket that have a row and bytes, by name. The bytes themselves are measured, and
   * not what their row says.
   */
  readSizes(bucket: string, names: readonly string[]): Promise<Map<string, number>>
  /** The bytes of an object of a bucket, in one question to storage; undefined without a row or without bytes. */
  readObject(bucket: string, name: string): Promise<Uint8Array | undefined>
  /** The number and the mark of the newest event, in one statement; undefined while there is no event. */
  readNewest(): Promise<NewestRow | undefined>
  /** Another text after every transaction that wrote something. A database that others may open at the same time has none. */
  readState?(): Promise<string>
  /** Which bundles need no upload, in one statement. */
  findStored: FindStored
  /** Stores many objects in one transaction. */
  storeObjects: StoreObjects
  /** Stages definitions in one transaction. */
  stageRows: StageRows
  /** Calls a function that reads, without lite. */
  readDocument: ReadDocument
  /** A table that `storage` needs, and the script that creates it. */
  storageTable?: { name: string; create: string }
  /** Whether requests must not overlap. */
  serial: boolean
  /**
   * Calls `onPayload` for notifications of a channel until the returned function is called. An empty payload means that
   * notifications may have been missed: the listener then has to query for itself.
   */
  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/**
 * Marks row security as enabled for lite. Otherwise lite detects it later and then grants everything on every table to
 * every role; the migrations grant exactly what each role may do.
 */
export function keepGrants(connection: Connection): void {
  Object.assign(connection, { rlsState: 'active' })
}
