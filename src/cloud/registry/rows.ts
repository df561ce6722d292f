import * as z from 'zod'
import type { Commit } from '../../contract/protocol/sync.ts'
import type { Head, Release, StoredInstance } from '../../core/registry/registry.ts'
import type { DatedRevision, Revision, RevisionSummary, Withdrawal } from '../../core/registry/revision.ts'
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
  operatorSwitch,
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

/**
 * Columns as PostgREST takes them, which renames each to the field of the port: `promptHash:prompt_hash`. Functions
 * that answer rows as JSON spell the same fields.
 */
const COMMIT = 'sha:commit_sha,rank:commit_rank,ref:commit_ref,dirty'
const BUNDLE = 'path:bundle_path,size:bundle_size,sha256:bundle_sha256'
/** Columns of `registry_revisions` that a summary needs. */
export const SUMMARY_COLUMNS =
  'kind,id,version,digest,promptHash:prompt_hash,state,declaredVersion:declared_version,origin,actor,reason,' +
  `releaseId:release_id,createdAt:created_at,${COMMIT},` +
  'withdrawnAt:withdrawn_at,withdrawnBy:withdrawn_by,withdrawnReason:withdrawn_reason'
export const REVISION_COLUMNS = `${SUMMARY_COLUMNS},manifest,texts,files,${BUNDLE}`
export const BUNDLE_COLUMNS = `id,version,digest,${BUNDLE}`
export const RELEASE_COLUMNS = `id,origin,actor,reason,undoes,createdAt:created_at,${COMMIT},seq,response`
export const HEAD_COLUMNS =
  'kind,id,state,version,draftVersion:draft_version,latestVersion:latest_version,digest,promptHash:prompt_hash,' +
  'latestDigest:latest_digest,commitSha:commit_sha,commitRank:commit_rank,hold,disabled,metadata,refs,updatedAt:updated_at'
export const INSTANCE_COLUMNS =
  'planId:plan_id,hash:request_hash,kind,id,version,digest,locks,document,createdAt:created_at'

/** The column that a list renames to a field: `prompt_hash` for `promptHash`. */
export function findColumn(columns: string, field: string): string {
  const renamed = columns.split(',').find((column) => column.startsWith(`${field}:`))
  return renamed === undefined ? field : renamed.slice(field.length + 1)
}

const commit = { sha: line(64), rank: count, ref: text(1_000).nullable(), dirty: z.boolean() }
const who = { actor: text(1_000), reason: text(10_000).nullable() }
const bundle = { path: bundlePathText, size: z.int().min(1), sha256: digest }

const summaryColumns = z.object({
  kind: kindId,
  id: definitionId,
  version,
  digest,
  promptHash: digest,
  state,
  declaredVersion: line(256).nullable(),
  origin,
  ...who,
  releaseId: madeId,
  createdAt: instant,
  ...commit,
  withdrawnAt: instant.nullable(),
  withdrawnBy: text(1_000).nullable(),
  withdrawnReason: text(10_000).nullable(),
})

/** Texts by path; their lengths are bounded by the answer's own and proven by the digest. */
export const texts = z.record(z.string(), z.string())

export const revisionColumns = summaryColumns.extend({
  manifest: jsonObject,
  texts,
  files: z.array(fileEntry).max(10_000),
  ...bundle,
})

/** A row of `registry_revisions` without its contents. */
export const summaryRow = summaryColumns.transform((row): RevisionSummary => toSummary(row))
export const datedRow = summaryColumns
  .extend({ until: instant.nullable() })
  .transform((row): DatedRevision => toSummary(row))
export const revisionRow = revisionColumns.transform((row): Revision => toRevision(row))

export const bundleRow = z.object({ id: definitionId, version, digest, ...bundle })

/** A row of `registry_heads`. */
export const headColumns = z.object({
  kind: kindId,
  id: definitionId,
  state,
  version: version.nullable(),
  draftVersion: version.nullable(),
  latestVersion: version,
  digest,
  promptHash: digest,
  latestDigest: digest,
  commitSha: line(64),
  commitRank: count,
  hold: z.array(hold).max(100_000),
  disabled: operatorSwitch.nullable(),
  metadata: description,
  refs,
  updatedAt: instant,
})

export const headRow = headColumns.transform((columns): Head => {
  const { digest, latestDigest, promptHash: _, refs, commitSha: sha, commitRank: rank, ...rest } = columns
  const { metadata: description, ...row } = rest
  const liveDigest = row.version === null ? null : digest
  const commit = { sha, rank }
  return { ...row, digest: latestDigest, liveDigest, commit, description, ...splitRefs(refs) }
})

/** A head as `registry_heads_json` spells it, which is as the port does but for the references. */
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
  disabled: operatorSwitch.nullable(),
  metadata: description,
  references: refs,
  updatedAt: utcInstant,
})

export const releaseColumns = z.object({
  id: madeId,
  origin: releaseOrigin,
  ...who,
  undoes: madeId.nullable(),
  createdAt: instant,
  ...commit,
  seq,
  response: z.object({ outcomes: z.array(outcomeRow).max(200_000) }),
})

export const instanceRow = z
  .object({
    ...lock.shape,
    planId: madeId,
    hash: text(200),
    locks: z.array(lock).max(10_000),
    document: jsonObject,
    createdAt: instant,
  })
  .transform(({ kind, id, version, digest, ...row }): StoredInstance & { hash: string } => ({
    ...row,
    source: { kind, id, version, digest },
  }))

/** What `registry_instantiate` answers. */
export const storedInstance = z.object({
  planId: madeId,
  source: lock,
  locks: z.array(lock).max(10_000),
  document: jsonObject,
  createdAt: instant,
  replayed: z.boolean(),
})

/** The column holds what a definition needs of others in one list, so that one index finds it. */
export function splitRefs(all: z.output<typeof refs>): Pick<Head, 'references' | 'demands'> {
  return {
    references: all.filter((ref) => ref.relation !== 'demands'),
    demands: all.filter((ref) => ref.relation === 'demands'),
  }
}

/** A row with its commit and its withdrawal as one field each. */
function toSummary<Row extends z.output<typeof summaryColumns>>(row: Row) {
  const { sha, rank, ref, dirty, withdrawnAt: at, withdrawnBy, withdrawnReason, ...rest } = row
  const withdrawn: Withdrawal | null =
    at === null ? null : { at, by: withdrawnBy ?? '', reason: withdrawnReason ?? '' }
  return { ...rest, commit: toCommit({ sha, rank, ref, dirty }), withdrawn }
}

/** The same with its bundle as one field. */
export function toRevision(row: z.output<typeof revisionColumns>): Revision {
  const { path, size, sha256, ...rest } = row
  return { ...toSummary(rest), bundle: { path, size, sha256 } }
}

export function toRelease(row: z.output<typeof releaseColumns>): Release {
  const { sha, rank, ref, dirty, seq, response, ...rest } = row
  return { ...rest, commit: toCommit({ sha, rank, ref, dirty }), outcomes: response.outcomes }
}

function toCommit({ ref, ...commit }: Omit<Commit, 'ref'> & { ref: string | null }): Commit {
  return { ...commit, ...(ref === null ? {} : { ref }) }
}
