import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { asking } from '../../cloud/registry/ask.ts'
import { releaseColumns, revisionColumns } from '../../cloud/registry/rows.ts'
import { description, refs } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import { isLiveState } from '../../contract/fields/is-live.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ContentState } from '../../core/diff/compare.ts'
import { readStored } from '../../core/diff/compare.ts'
import type { Revision } from '../../core/registry/revision.ts'
import type { revision, revisionSummary } from './shapes.ts'
import type { Sight } from './sight.ts'

/** The registry's name in failures: its URL is not shown to callers of the API. */
export const LABEL = 'the registry'

export const ask = asking(LABEL)

/** Columns of public revisions that readers may see; actors and reasons are for publishers. */
const SUMMARY =
  'kind,id,version,digest,promptHash:prompt_hash,status:state,declaredVersion:declared_version,' +
  'commitSha:commit_sha,commitRank:commit_rank,origin,releaseId:release_id,createdAt:created_at,withdrawnAt:withdrawn_at'
const CONTENT = 'metadata,manifest,texts,files,path:bundle_path,size:bundle_size,sha256:bundle_sha256'
/** Columns that only the service may read. */
const INNER = 'actor,reason,commitRef:commit_ref,dirty'

const columnsFor = ({ inner }: Sight, ...lists: string[]) => [...lists, ...(inner ? [INNER] : [])].join(',')

const { state, sha, rank, ref, dirty, ...columns } = revisionColumns.shape
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
  actor: columns.actor.optional(),
  reason: columns.reason.optional(),
  commitRef: ref.optional(),
  dirty: dirty.optional(),
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

/** A whole revision as every reader may see it; for publishers with who made it, and why. */
export type PublicRevisionRow = z.output<typeof publicRevision>

/** The definition that a caller asks for. */
export interface Which {
  kind: Kind
  id: string
}

const referring = revisionColumns.pick({ version: true }).extend({ refs, metadata: description })

/** What one revision needs and offers; of the newest one that `client` may see without a version. */
export async function readReferences(
  client: SupabaseClient,
  which: Which,
  version?: number,
): Promise<z.output<typeof referring>> {
  const { kind, id } = which
  const query = client
    .from('registry_revisions')
    .select('version,refs,metadata')
    .eq('kind', kind.id)
    .eq('id', id)
  const one =
    version === undefined ? query.order('version', { ascending: false }) : query.eq('version', version)
  const [row] = await ask(`read what ${nameOf({ kind: kind.id, id })} needs`, referring, one.limit(1))
  if (row) return row
  throw version === undefined ? unknownDefinition(which) : unknownVersion(which, version)
}

/** One revision that the caller may see; without a version, the newest of them. */
export async function findRevision(
  sight: Sight,
  { kind, id }: Which,
  version?: number,
): Promise<PublicRevisionRow | undefined> {
  const whole = columnsFor(sight, SUMMARY, CONTENT)
  const query = sight.client.from('registry_revisions').select(whole).eq('kind', kind.id).eq('id', id)
  const one =
    version === undefined ? query.order('version', { ascending: false }) : query.eq('version', version)
  const [row] = await ask(`read ${nameOf({ kind: kind.id, id })}`, publicRevision, one.limit(1))
  return row
}

/**
 * @throws Failure WITHDRAWN; NOT_FOUND when it does not exist or the caller may not see it: the two are not distinguished
 */
export async function requireRevision(
  sight: Sight,
  which: Which,
  version?: number,
): Promise<PublicRevisionRow> {
  const row = await findRevision(sight, which, version)
  if (row?.withdrawnAt) throw withdrawnVersion(which, row.version)
  if (row) return row
  throw version === undefined ? unknownDefinition(which) : unknownVersion(which, version)
}

/** Summaries before a version, newest first. */
export function listRevisions(
  sight: Sight,
  { kind, id }: Which,
  { before, limit }: { before?: number; limit: number },
): Promise<z.infer<typeof revisionSummary>[]> {
  const query = sight.client
    .from('registry_revisions')
    .select(columnsFor(sight, SUMMARY))
    .eq('kind', kind.id)
    .eq('id', id)
  const older = before === undefined ? query : query.lt('version', before)
  return ask(
    `read the versions of ${nameOf({ kind: kind.id, id })}`,
    publicSummary,
    older.order('version', { ascending: false }).limit(limit),
  )
}

const settled = revisionColumns.pick({ createdAt: true })

/** When the first version from `version` on that is not a draft was made: it ended what was live before it. */
export async function readEnd(
  { client }: Sight,
  { kind, id }: Which,
  version: number,
): Promise<string | null> {
  const query = client
    .from('registry_revisions')
    .select('createdAt:created_at')
    .eq('kind', kind.id)
    .eq('id', id)
  const newer = query.gte('version', version).neq('state', 'draft').order('version').limit(1)
  const [row] = await ask(`read the versions of ${nameOf({ kind: kind.id, id })}`, settled, newer)
  return row?.createdAt ?? null
}

type Dated = Pick<z.infer<typeof revisionSummary>, 'status' | 'createdAt'>
type Lifetime = { from: string; until: string | null } | null

/**
 * From when to when readers got each of some versions, newest first: until the next one that is not a draft.
 * @param end when the last of them ended, by a version that is newer than all of them
 */
export function findLifetimes(rows: readonly Dated[], end: string | null): Lifetime[] {
  let until = end
  return rows.map(({ status, createdAt }) => {
    if (status === 'draft') return null
    const lifetime = isLiveState(status) ? { from: createdAt, until } : null
    until = createdAt
    return lifetime
  })
}

const undoing = releaseColumns.pick({ id: true, undoes: true })
/** Ids in one query, so that its URL stays short. */
const AT_ONCE = 50

/** The releases that these releases undid, by their ids; nothing for readers, who may not know. */
export async function readUndone(
  { client, inner }: Sight,
  releaseIds: readonly string[],
): Promise<Map<string, string | null>> {
  const ids = inner ? [...new Set(releaseIds)] : []
  const undone = new Map<string, string | null>()
  for (let first = 0; first < ids.length; first += AT_ONCE) {
    const query = client
      .from('registry_releases')
      .select('id,undoes')
      .in('id', ids.slice(first, first + AT_ONCE))
    for (const { id, undoes } of await ask('read the releases', undoing, query)) undone.set(id, undoes)
  }
  return undone
}

export function toPublicRevision(row: PublicRevisionRow): z.infer<typeof revision> {
  const { path: _, size, sha256, ...rest } = row
  return { ...rest, metadata: { ...rest.metadata }, bundle: { size, sha256 } }
}

/**
 * A revision in the form of a local definition, also if this version of NOFX cannot read it.
 * @returns `fits`: whether the kind's own code may read its manifest
 */
export function toState(
  { id, status, manifest, texts, files }: PublicRevisionRow,
  kind: Kind,
): { state: ContentState; fits: boolean } {
  return readStored({ id, state: status, manifest, texts, files } as Revision, kind)
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
