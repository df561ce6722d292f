import type { Commit, OutcomeRow } from '../core/contract/sync.ts'
import type { Demand, Description, FileEntry, JsonObject, Reference } from '../core/kind.ts'
import type {
  BundleRef,
  Head,
  HeadState,
  Lock,
  Release,
  Revision,
  RevisionSummary,
  StoredInstance,
} from '../core/registry.ts'

/** Columns of `registry_revisions` that a summary needs, as PostgREST takes them. */
export const SUMMARY_COLUMNS =
  'kind,id,version,digest,prompt_hash,state,declared_version,commit_sha,commit_rank,commit_ref,dirty,' +
  'origin,actor,reason,release_id,created_at'
export const REVISION_COLUMNS = `${SUMMARY_COLUMNS},manifest,texts,files,bundle_path,bundle_size,bundle_sha256`
export const BUNDLE_COLUMNS = 'id,version,digest,bundle_path,bundle_size,bundle_sha256'
export const RELEASE_COLUMNS =
  'id,origin,commit_sha,commit_rank,commit_ref,dirty,actor,reason,undoes,seq,response,created_at'

interface CommitRow {
  commit_sha: string
  commit_rank: number
  commit_ref: string | null
  dirty: boolean
}

export interface SummaryRow extends CommitRow {
  kind: string
  id: string
  version: number
  digest: string
  prompt_hash: string
  state: HeadState
  declared_version: string | null
  origin: RevisionSummary['origin']
  actor: string
  reason: string | null
  release_id: string
  created_at: string
}

interface BundleColumns {
  bundle_path: string
  bundle_size: number
  bundle_sha256: string
}

export interface BundleRow extends BundleColumns {
  id: string
  version: number
  digest: string
}

export interface RevisionRow extends SummaryRow, BundleColumns {
  manifest: JsonObject
  texts: Record<string, string>
  files: FileEntry[]
}

/** How a demand stands among the references. */
type StoredDemand = Demand & { relation: 'demands' }

export interface HeadRow {
  kind: string
  id: string
  state: HeadState
  version: number | null
  draft_version: number | null
  latest_version: number
  digest: string
  latest_digest: string
  commit_sha: string
  commit_rank: number
  hold: string[]
  metadata: Description
  refs: (Reference | StoredDemand)[]
  updated_at: string
}

export interface ReleaseRow extends CommitRow {
  id: string
  origin: Release['origin']
  actor: string
  reason: string | null
  undoes: string | null
  seq: number
  response: { outcomes: OutcomeRow[] }
  created_at: string
}

export interface InstanceRow extends Lock {
  plan_id: string
  request_hash: string
  locks: Lock[]
  document: JsonObject
  created_at: string
}

/** The column holds what a definition needs of others in one list, so that one index finds it. */
export function splitRefs(refs: readonly (Reference | StoredDemand)[]): Pick<Head, 'references' | 'demands'> {
  return {
    references: refs.filter((ref) => ref.relation !== 'demands'),
    demands: refs.filter((ref) => ref.relation === 'demands'),
  }
}

export function toHead(row: HeadRow): Head {
  return {
    kind: row.kind,
    id: row.id,
    state: row.state,
    version: row.version,
    draftVersion: row.draft_version,
    latestVersion: row.latest_version,
    digest: row.latest_digest,
    liveDigest: row.version === null ? null : row.digest,
    commitSha: row.commit_sha,
    commitRank: row.commit_rank,
    hold: row.hold,
    metadata: row.metadata,
    ...splitRefs(row.refs),
    updatedAt: toInstant(row.updated_at),
  }
}

export function toInstance(row: InstanceRow): StoredInstance {
  const { kind, id, version, digest, locks, document } = row
  const source = { kind, id, version, digest }
  return { planId: row.plan_id, source, locks, document, createdAt: toInstant(row.created_at) }
}

export function toSummary(row: SummaryRow): RevisionSummary {
  return {
    kind: row.kind,
    id: row.id,
    version: row.version,
    digest: row.digest,
    promptHash: row.prompt_hash,
    state: row.state,
    declaredVersion: row.declared_version,
    commit: toCommit(row),
    origin: row.origin,
    actor: row.actor,
    reason: row.reason,
    releaseId: row.release_id,
    createdAt: toInstant(row.created_at),
  }
}

export function toRevision(row: RevisionRow): Revision {
  const { manifest, texts, files } = row
  return { ...toSummary(row), manifest, texts, files, bundle: toBundle(row) }
}

export function toVersionedBundle(row: BundleRow) {
  return { ...toBundle(row), id: row.id, version: row.version, digest: row.digest }
}

function toBundle(row: BundleColumns): BundleRef {
  return { path: row.bundle_path, size: row.bundle_size, sha256: row.bundle_sha256 }
}

export function toRelease(row: ReleaseRow): Release {
  const { id, origin, actor, reason, undoes, response } = row
  const about = { id, origin, commit: toCommit(row), actor, reason, undoes }
  return { ...about, createdAt: toInstant(row.created_at), outcomes: response.outcomes }
}

function toCommit(row: CommitRow): Commit {
  return {
    sha: row.commit_sha,
    rank: row.commit_rank,
    dirty: row.dirty,
    ...(row.commit_ref === null ? {} : { ref: row.commit_ref }),
  }
}

/** PostgREST writes `2026-01-31T12:00:00.123456+00:00`, lite `2026-01-31 12:00:00.123456+00`. */
export function toInstant(text: string): string {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}
