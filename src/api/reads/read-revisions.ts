import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { asking } from '../../cloud/registry/ask.ts'
import { revisionColumns } from '../../cloud/registry/rows.ts'
import { description } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ContentState } from '../../core/diff/compare.ts'
import { buildState } from '../../core/diff/compare.ts'
import type { Revision } from '../../core/registry/revision.ts'
import type { revision, revisionSummary } from './shapes.ts'

/** The registry's name in failures: its URL is not shown to callers of the API. */
export const LABEL = 'the registry'

export const ask = asking(LABEL)

/** Columns of public revisions that readers may see; actors and reasons are for publishers. */
const SUMMARY =
  'kind,id,version,digest,promptHash:prompt_hash,status:state,declaredVersion:declared_version,' +
  'commitSha:commit_sha,commitRank:commit_rank,origin,releaseId:release_id,createdAt:created_at,withdrawnAt:withdrawn_at'
const WHOLE = `${SUMMARY},metadata,manifest,texts,files,path:bundle_path,size:bundle_size,sha256:bundle_sha256`

const { state, sha, rank, ...columns } = revisionColumns.shape
const publicSummary = z.object({
  kind: columns.kind,
  id: columns.id,
  version: columns.version,
  digest: columns.digest,
  promptHash: columns.promptHash,
  status: state,
  declaredVersion: columns.declaredVersion,
  commitSha: sha,
  commitRank: rank,
  origin: columns.origin,
  releaseId: columns.releaseId,
  createdAt: columns.createdAt,
  withdrawnAt: columns.withdrawnAt,
})
const { manifest, texts, files, path, size, sha256 } = columns
const publicRevision = publicSummary.extend({
  metadata: description,
  manifest,
  texts,
  files,
  path,
  size,
  sha256,
})

/** A whole revision as every reader may see it. */
export type PublicRevisionRow = z.output<typeof publicRevision>

/** The definition that a caller asks for. */
export interface Which {
  kind: Kind
  id: string
}

/** One revision that `client` may see; without a version, the newest of them. */
export async function findRevision(
  client: SupabaseClient,
  { kind, id }: Which,
  version?: number,
): Promise<PublicRevisionRow | undefined> {
  const query = client.from('registry_revisions').select(WHOLE).eq('kind', kind.id).eq('id', id)
  const one =
    version === undefined ? query.order('version', { ascending: false }) : query.eq('version', version)
  const [row] = await ask(`read ${nameOf({ kind: kind.id, id })}`, publicRevision, one.limit(1))
  return row
}

/**
 * @throws Failure WITHDRAWN; NOT_FOUND when it does not exist or `client` may not see it: the two are not distinguished
 */
export async function requireRevision(
  client: SupabaseClient,
  which: Which,
  version?: number,
): Promise<PublicRevisionRow> {
  const row = await findRevision(client, which, version)
  if (row?.withdrawnAt) throw withdrawnVersion(which, row.version)
  if (row) return row
  throw version === undefined ? unknownDefinition(which) : unknownVersion(which, version)
}

/** Summaries before a version, newest first. */
export function listRevisions(
  client: SupabaseClient,
  { kind, id }: Which,
  { before, limit }: { before?: number; limit: number },
): Promise<z.infer<typeof revisionSummary>[]> {
  const query = client.from('registry_revisions').select(SUMMARY).eq('kind', kind.id).eq('id', id)
  const older = before === undefined ? query : query.lt('version', before)
  return ask(
    `read the versions of ${nameOf({ kind: kind.id, id })}`,
    publicSummary,
    older.order('version', { ascending: false }).limit(limit),
  )
}

export function toPublicRevision(row: PublicRevisionRow): z.infer<typeof revision> {
  const { path: _, size, sha256, metadata, ...rest } = row
  return { ...rest, metadata: { ...metadata }, bundle: { size, sha256 } }
}

/** A revision in the form of a local definition, for a diff. */
export function toState({ id, manifest, texts, files }: PublicRevisionRow, kind: Kind): ContentState {
  return buildState({ id, manifest, texts, files } as Revision, kind)
}

export function unknownDefinition({ kind, id }: Which): Failure {
  return new Failure('NOT_FOUND', `the ${kind.singular} "${id}" does not exist`, `see: /api/${kind.id}`)
}

function unknownVersion({ kind, id }: Which, version: number): Failure {
  const hint = `see: /api/${kind.id}/${id}/versions`
  return new Failure('NOT_FOUND', `version ${version} of the ${kind.singular} "${id}" does not exist`, hint)
}

/** The withdrawal is public, its reason is not. */
function withdrawnVersion({ kind, id }: Which, version: number): Failure {
  const hint = `see: /api/${kind.id}/${id}/versions`
  return new Failure('WITHDRAWN', `version ${version} of the ${kind.singular} "${id}" was withdrawn`, hint)
}
