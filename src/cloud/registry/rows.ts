import * as z from 'zod'
import type { Commit } from '../../contract/protocol/sync.ts'
import type { Head, Release, StoredInstance } from '../../core/registry/registry.ts'
import type {
  BundleRef,
  DatedRevision,
  Revision,
  RevisionSummary,
  Withdrawal,
} from '../../core/registry/revision.ts'
import {
  bundlePathText,
  count,
  definitionId,
  description,
  digest,
  fileEntry,
  hold,
  instant,
  jsonObject,
  kindId,
  line,
  lock,
  madeId,
  origin,
  outcomeRow,
  refs,
  releaseOrigin,
  seq,
  state,
  text,
  utcInstant,
  version,
} from './shapes.ts'

/** The columns of `registry_revisions` that a summary needs, in PostgREST's syntax. */
export const SUMMARY_COLUMNS =
  'kind,id,version,digest,prompt_hash,state,declared_version,commit_sha,commit_rank,commit_ref,dirty,' +
  'origin,actor,reason,release_id,created_at,withdrawn_at,withdrawn_by,withdrawn_reason'
export const REVISION_COLUMNS = `${SUMMARY_COLUMNS},manifest,texts,files,bundle_path,bundle_size,bundle_sha256`
export const BUNDLE_COLUMNS = 'id,version,digest,bundle_path,bundle_size,bundle_sha256'
export const RELEASE_COLUMNS =
  'id,origin,commit_sha,commit_rank,commit_ref,dirty,actor,reason,undoes,seq,response,created_at'

const commit = {
  commit_sha: line(64),
  commit_rank: count,
  commit_ref: text(1_000).nullable(),
  dirty: z.boolean(),
}
const who = { actor: text(1_000), reason: text(10_000).nullable() }
const bundle = { bundle_path: bundlePathText, bundle_size: z.int().min(1), bundle_sha256: digest }

/** A row of `registry_revisions` without its contents. */
export const summaryRow = z.object({
  kind: kindId,
  id: definitionId,
  version,
  digest,
  prompt_hash: digest,
  state,
  declared_version: line(256).nullable(),
  ...commit,
  origin,
  ...who,
  release_id: madeId,
  created_at: instant,
  withdrawn_at: instant.nullable(),
  withdrawn_by: text(1_000).nullable(),
  withdrawn_reason: text(10_000).nullable(),
})

export const datedRow = summaryRow.extend({ until: instant.nullable() })

/** Texts by path; the answer's size limits their lengths, and the digest proves them. */
export const texts = z.record(z.string(), z.string())

export const revisionRow = summaryRow.extend({
  manifest: jsonObject,
  texts,
  files: z.array(fileEntry).max(10_000),
  ...bundle,
})

export const bundleRow = z.object({ id: definitionId, version, digest, ...bundle })

export const newestRow = z.object({ id: definitionId, version })

/** A row of `registry_heads`. */
export const headColumns = z.object({
  kind: kindId,
  id: definitionId,
  state,
  version: version.nullable(),
  draft_version: version.nullable(),
  latest_version: version,
  digest,
  prompt_hash: digest,
  latest_digest: digest,
  commit_sha: line(64),
  commit_rank: count,
  hold: z.array(hold).max(100_000),
  metadata: description,
  refs,
  updated_at: instant,
})

export const headRow = headColumns.transform(
  (row): Head => ({
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
    updatedAt: row.updated_at,
  }),
)

/** A head from `registry_heads_json`, with the port's field names except for the references. */
export const headDocument = z.object({
  kind: kindId,
  id: definitionId,
  state,
  version: version.nullable(),
  draftVersion: version.nullable(),
  latestVersion: version,
  digest,
  liveDigest: digest.nullable(),
  commitSha: line(64),
  commitRank: count,
  hold: z.array(hold).max(100_000),
  metadata: description,
  references: refs,
  updatedAt: utcInstant,
})

export const releaseRow = z.object({
  id: madeId,
  origin: releaseOrigin,
  ...commit,
  ...who,
  undoes: madeId.nullable(),
  seq,
  response: z.object({ outcomes: z.array(outcomeRow).max(200_000) }),
  created_at: instant,
})

export const instanceRow = z.object({
  ...lock.shape,
  plan_id: madeId,
  request_hash: text(200),
  locks: z.array(lock).max(10_000),
  document: jsonObject,
  created_at: instant,
})

/** The answer of `registry_instantiate`. */
export const storedInstance = z.object({
  planId: madeId,
  source: lock,
  locks: z.array(lock).max(10_000),
  document: jsonObject,
  createdAt: instant,
  replayed: z.boolean(),
})

export type SummaryRow = z.output<typeof summaryRow>
export type RevisionRow = z.output<typeof revisionRow>

/** Splits the column that holds references and demands in one list, so that one index covers both. */
export function splitRefs(all: z.output<typeof refs>): Pick<Head, 'references' | 'demands'> {
  return {
    references: all.filter((ref) => ref.relation !== 'demands'),
    demands: all.filter((ref) => ref.relation === 'demands'),
  }
}

export function toInstance(row: z.output<typeof instanceRow>): StoredInstance {
  const { kind, id, version, digest, locks, document } = row
  const source = { kind, id, version, digest }
  return { planId: row.plan_id, source, locks, document, createdAt: row.created_at }
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
    createdAt: row.created_at,
    withdrawn: toWithdrawal(row),
  }
}

function toWithdrawal(row: SummaryRow): Withdrawal | null {
  if (row.withdrawn_at === null) return null
  return { at: row.withdrawn_at, by: row.withdrawn_by ?? '', reason: row.withdrawn_reason ?? '' }
}

export function toDated(row: z.output<typeof datedRow>): DatedRevision {
  return { ...toSummary(row), until: row.until }
}

export function toRevision(row: RevisionRow): Revision {
  const { manifest, texts, files } = row
  return { ...toSummary(row), manifest, texts, files, bundle: toBundle(row) }
}

export function toVersionedBundle(row: z.output<typeof bundleRow>) {
  return { ...toBundle(row), id: row.id, version: row.version, digest: row.digest }
}

function toBundle(row: z.output<typeof bundleRow> | RevisionRow): BundleRef {
  return { path: row.bundle_path, size: row.bundle_size, sha256: row.bundle_sha256 }
}

export function toRelease(row: z.output<typeof releaseRow>): Release {
  const { id, origin, actor, reason, undoes, response } = row
  const about = { id, origin, commit: toCommit(row), actor, reason, undoes }
  return { ...about, createdAt: row.created_at, outcomes: response.outcomes }
}

function toCommit(row: Pick<SummaryRow, 'commit_sha' | 'commit_rank' | 'dirty' | 'commit_ref'>): Commit {
  return {
    sha: row.commit_sha,
    rank: row.commit_rank,
    dirty: row.dirty,
    ...(row.commit_ref === null ? {} : { ref: row.commit_ref }),
  }
}
