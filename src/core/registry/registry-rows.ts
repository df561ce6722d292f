import type { JsonObject } from '../../contract/kind.ts'
import type { Hold } from './hold.ts'
import type { HeadState, Revision } from './revision.ts'

/** A row of `registry_revisions`, with what was derived from its contents when it was written. */
export interface RevisionRow extends Revision {
  metadata: JsonObject
  refs: unknown[]
}

/** A row of `registry_heads`, column for column. */
export interface HeadRow {
  state: HeadState
  version: number | null
  draftVersion: number | null
  latestVersion: number
  digest: string
  latestDigest: string
  metadata: JsonObject
  refs: unknown[]
  promptHash: string
  commitSha: string
  commitRank: number
  hold: Hold[]
  updatedAt: string
}

/** A row that was found; `row` is left out when columns of it hold what no registry writes: `misfits` names them. */
export interface Found<Row> {
  id: string
  /** 0 for a head. */
  version: number
  row?: Row
  misfits: string[]
}

/** Which rows of a kind are wanted, in the order of the database. */
export interface Page {
  /** Those of one definition. */
  id?: string
  after?: { id: string; version: number }
  limit: number
}

/** The rows as the database has them, for whoever checks them: what does not fit is an answer, not a failure. */
export interface RegistryRows {
  revisionRows(kind: string, page: Page): Promise<Found<RevisionRow>[]>
  headRows(kind: string, page: Page): Promise<Found<HeadRow>[]>
}
