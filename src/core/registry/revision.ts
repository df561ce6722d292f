import type { Description, FileEntry, JsonObject } from '../../contract/kind.ts'
import type { VersionOrigin } from '../../contract/protocol/effects.ts'
import type { Commit } from '../../contract/protocol/sync.ts'

/** The state of a head: the author's status, or `removed` for a tombstone. */
export type HeadState = Description['status'] | 'removed'

/** A bundle in storage: its `bundlePath` in the bucket `registry`, and the `size` and `sha256` of the archive. */
export interface BundleRef {
  path: string
  size: number
  sha256: string
}

/** Who withdrew the content of a revision, when (ISO 8601) and why. */
export interface Withdrawal {
  at: string
  by: string
  reason: string
}

/** One revision without its content. */
export interface RevisionSummary {
  kind: string
  id: string
  version: number
  digest: string
  promptHash: string
  state: HeadState
  declaredVersion: string | null
  commit: Commit
  origin: VersionOrigin
  actor: string
  reason: string | null
  releaseId: string
  createdAt: string
  /** Set if the content was deleted, in every version that had it; null otherwise. */
  withdrawn: Withdrawal | null
}

/**
 * The revision that decided what readers saw at a time; it is not a draft. `until` is when the next such revision
 * followed; null if none did.
 */
export interface DatedRevision extends RevisionSummary {
  until: string | null
}

/** A whole revision: enough to rebuild the `Definition` that was published. */
export interface Revision extends RevisionSummary {
  manifest: JsonObject
  texts: Record<string, string>
  files: FileEntry[]
  bundle: BundleRef
}
