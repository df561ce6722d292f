import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import { asking } from '../../cloud/registry/ask.ts'
import { revisionRow, summaryRow } from '../../cloud/registry/rows.ts'
import { description } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { ContentState } from '../../core/diff/compare.ts'
import { buildState } from '../../core/diff/compare.ts'
import type { Revision } from '../../core/registry/revision.ts'
import type { revision, revisionSummary } from './shapes.ts'

/** What failures call the registry: its URL is nobody's business out here. */
export const LABEL = 'the registry'

export const ask = asking(LABEL)

/** Columns that everybody may read of what everybody may see; actors and reasons are for publishers. */
const SUMMARY =
  'kind,id,version,digest,prompt_hash,state,declared_version,commit_sha,commit_rank,origin,release_id,created_at,withdrawn_at'
const WHOLE = `${SUMMARY},metadata,manifest,texts,files,bundle_path,bundle_size,bundle_sha256`

const publicSummary = summaryRow.pick({
  kind: true,
  id: true,
  version: true,
  digest: true,
  prompt_hash: true,
  state: true,
  declared_version: true,
  commit_sha: true,
  commit_rank: true,
  origin: true,
  release_id: true,
  created_at: true,
  withdrawn_at: true,
})
const { manifest, texts, files, bundle_path, bundle_size, bundle_sha256 } = revisionRow.shape
const publicRevision = publicSummary.extend({
  metadata: description,
  manifest,
  texts,
  files,
  bundle_path,
  bundle_size,
  bundle_sha256,
})

type PublicSummaryRow = z.output<typeof publicSummary>

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
  if (row?.withdrawn_at) throw withdrawnVersion(which, row.version)
  if (row) return row
  throw version === undefined ? unknownDefinition(which) : unknownVersion(which, version)
}

/** Summaries before a version, newest first. */
export async function listRevisions(
  client: SupabaseClient,
  { kind, id }: Which,
  { before, limit }: { before?: number; limit: number },
): Promise<z.infer<typeof revisionSummary>[]> {
  const query = client.from('registry_revisions').select(SUMMARY).eq('kind', kind.id).eq('id', id)
  const older = before === undefined ? query : query.lt('version', before)
  const rows = await ask(
    `read the versions of ${kind.id}/${id}`,
    publicSummary,
    older.order('version', { ascending: false }).limit(limit),
  )
  return rows.map(toPublicSummary)
}

export function toPublicRevision(row: PublicRevisionRow): z.infer<typeof revision> {
  const { metadata, manifest, texts, files } = row
  const bundle = { size: row.bundle_size, sha256: row.bundle_sha256 }
  return { ...toPublicSummary(row), metadata: { ...metadata }, manifest, texts, files, bundle }
}

/** A revision as the definition that was published: what a diff is made of. */
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

/** That it was withdrawn is public, the reason is not. */
function withdrawnVersion({ kind, id }: Which, version: number): Failure {
  const hint = `see: /api/${kind.id}/${id}/versions`
  return new Failure('WITHDRAWN', `version ${version} of the ${kind.singular} "${id}" was withdrawn`, hint)
}

function toPublicSummary(row: PublicSummaryRow): z.infer<typeof revisionSummary> {
  return {
    kind: row.kind,
    id: row.id,
    version: row.version,
    digest: row.digest,
    promptHash: row.prompt_hash,
    status: row.state,
    declaredVersion: row.declared_version,
    commitSha: row.commit_sha,
    commitRank: row.commit_rank,
    origin: row.origin,
    releaseId: row.release_id,
    createdAt: row.created_at,
    withdrawnAt: row.withdrawn_at,
  }
}
