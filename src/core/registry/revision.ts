import type { Description, FileEntry, JsonObject } from '../../contract/kind.ts'
import type { Commit } from '../../contract/protocol/sync.ts'

/** State of a head: what the author wrote, or `removed` for a tombstone. */
export type HeadState = Description['status'] | 'removed'

/** A bundle in storage: `bundlePath` in the bucket `registry`; `size` and `sha256` of the archive. */
export interface BundleRef {
  path: string
  size: number
  sha256: string
}

/** Who took the content of a revision out of the registry, when (ISO 8601) and why. */
export interface Withdrawal {
  at: string
  by: string
  reason: string
}

/** One appended revision, without its contents. */
export interface RevisionSummary {
  kind: string
  id: string
  version: number
  digest: string
  promptHash: string
  state: HeadState
  declaredVersion: string | null
  commit: Commit
  /** A `rollback` repeats an earlier digest, a `rebase` the one before it at another rank; a `remove` is a tombstone. */
  origin: 'publish' | 'rollback' | 'remove' | 'undelete' | 'promote' | 'rebase'
  actor: string
  reason: string | null
  releaseId: string
  createdAt: string
  /** Its content is gone, in every version that had it; null: it is there. */
  withdrawn: Withdrawal | null
}

/** The revision that decided what readers saw at a time: not a draft. `until`: when the next one did; null: none yet. */
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
