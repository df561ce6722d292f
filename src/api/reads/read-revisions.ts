import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { asking } from '../../cloud/registry/ask.ts'
import { revisionColumns } from '../../cloud/registry/rows.ts'
import { description } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { State } from '../../core/diff/compare.ts'
import { stateOf } from '../../core/diff/compare.ts'
import type { Revision } from '../../core/registry/revision.ts'
import type { revision, revisionSummary } from './shapes.ts'

/** What failures call the registry: its URL is nobody's business out here. */
export const LABEL = 'the registry'

export const ask = asking(LABEL)

/** Columns that everybody may read of what everybody may see; actors and reasons are for publishers. */
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

/** A whole revision as everybody may read it. */
export type PublicRevisionRow = z.output<typeof publicRevision>

/** What a caller asks for: one definition of a kind. */
export interface Which {
  kind: Kind
  id: string
}

/** One revision, if `client` may see it; without a version the newest that it may see. */
export async function findRevision(
  client: SupabaseClient,
  { kind, id }: Which,
  version?: number,
): Promise<PublicRevisionRow | undefined> {
  const query = client.from('registry_revisions').select(WHOLE).eq('kind', kind.id).eq('id', id)
  const one =
    version === undefined ? query.order('version', { ascending: false }) : query.eq('version', version)
  const [row] = await ask(`read ${kind.id}/${id}`, publicRevision, one.limit(1))
  return row
}

/** @throws Failure WITHDRAWN; NOT_FOUND when there is none, or none that `client` may see: nobody is told which of the two */
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
    `read the versions of ${kind.id}/${id}`,
    publicSummary,
    older.order('version', { ascending: false }).limit(limit),
  )
}

export function toPublicRevision(row: PublicRevisionRow): z.infer<typeof revision> {
  const { path: _, size, sha256, metadata, ...rest } = row
  return { ...rest, metadata: { ...metadata }, bundle: { size, sha256 } }
}

/** A revision as the definition that was published: what a diff is made of. */
export function toState({ id, manifest, texts, files }: PublicRevisionRow, kind: Kind): State {
  return stateOf({ id, manifest, texts, files } as Revision, kind)
}

export function unknownDefinition({ kind, id }: Which): Failure {
  return new Failure('NOT_FOUND', `the ${kind.singular} "${id}" does not exist`, `see: /api/${kind.id}`)
}

function unknownVersion({ kind, id }: Which, version: number): Failure {
  const hint = `see: /api/${kind.id}/${id}/versions`
  return new Failure('NOT_FOUND', `version ${version} of the ${kind.singular} "${id}" does not exist`, hint)
}

/** That it was withdrawn is public, the reason is not. */
function withdrawnVersion({ kind, id }: Which, version: number): Failure {
  const hint = `see: /api/${kind.id}/${id}/versions`
  return new Failure('WITHDRAWN', `version ${version} of the ${kind.singular} "${id}" was withdrawn`, hint)
}
