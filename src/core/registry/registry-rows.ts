import type { JsonObject } from '../../contract/kind.ts'
import type { Hold } from './hold.ts'
import type { OperatorSwitch } from './operator-switch.ts'
import type { HeadState, Revision } from './revision.ts'

/** A row of `registry_revisions`, with the columns that were derived from its content when it was written. */
export interface RevisionRow extends Revision {
  metadata: JsonObject
  refs: unknown[]
  gitTree: string | null
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
  gitTree: string | null
  commitSha: string
  commitRank: number
  hold: Hold[]
  disabled: OperatorSwitch | null
  updatedAt: string
}

/**
 * A row as the database has it. `row` is absent if columns have values that no registry writes; `misfits` names these
 * columns.
 */
export interface AuditedRow<Row> {
  id: string
  /** 0 for a head. */
  version: number
  row?: Row
  misfits: string[]
}

/** Which rows of a kind to read, in the order of the database. */
export interface Page {
  /** Only the rows of this definition. */
  id?: string
  after?: { id: string; version: number }
  limit: number
}

/**
 * Reads rows exactly as the database has them, for verification: a row with wrong values is an answer, not a failure.
 */
export interface RegistryRows {
  revisionRows(kind: string, page: Page): Promise<AuditedRow<RevisionRow>[]>
  headRows(kind: string, page: Page): Promise<AuditedRow<HeadRow>[]>
}
