import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { revisionColumns } from '../../cloud/registry/rows.ts'
import { definitionId, version } from '../../cloud/registry/shapes.ts'
import { nameOf } from '../../contract/name.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { ask } from './read-revisions.ts'

/** Versions in one query: their conditions must fit into a URL. */
const BATCH = 50
const AT_ONCE = 4

const liveHead = z.object({ id: definitionId, version, digest: revisionColumns.shape.digest })
const HEAD = 'id,version,digest'
const CONTENT =
  'id,version,digest,manifest,files,texts,path:bundle_path,size:bundle_size,sha256:bundle_sha256,withdrawnAt:withdrawn_at'
const { id, digest, manifest, files, texts, path, size, sha256, withdrawnAt } = revisionColumns.shape
const liveRow = z.object({ id, version, digest, manifest, files, texts, path, size, sha256, withdrawnAt })

/** The live version of a definition, as every reader may see it. */
export type LiveRow = z.output<typeof liveRow>

/** A version that is live, without its content. */
export type LiveVersion = z.output<typeof liveHead>

/**
 * What `work` makes of the content of each version, in the order of the ids, without those whose content was withdrawn.
 * Contents are read in batches, and only a few batches are in memory at a time.
 */
export async function readEachLive<Result>(
  client: SupabaseClient,
  kind: string,
  versions: readonly LiveVersion[],
  work: (row: LiveRow) => Result | Promise<Result>,
): Promise<Result[]> {
  const batches = Array.from({ length: Math.ceil(versions.length / BATCH) }, (_, at) =>
    versions.slice(at * BATCH, (at + 1) * BATCH),
  )
  const results = await inParallel(batches, AT_ONCE, async (batch) => {
    const rows = await readBatch(client, kind, batch)
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    return inParallel(rows, 1, async (row) => work(row))
  })
  return results.flat()
}

/** One version that is live, or was; undefined if readers may not see it, or its content was withdrawn. */
export async function readOne(
  client: SupabaseClient,
  kind: string,
  definition: { id: string; version: number },
): Promise<LiveRow | undefined> {
  return (await readBatch(client, kind, [definition]))[0]
}

/** The live version of one definition. */
export async function findLive(
  client: SupabaseClient,
  kind: string,
  id: string,
): Promise<LiveRow | undefined> {
  const query = client
    .from('registry_heads')
    .select(HEAD)
    .eq('kind', kind)
    .eq('id', id)
    .in('state', ['active', 'deprecated'])
    .not('version', 'is', null)
    .limit(1)
  const [head] = await ask(`read the head of ${nameOf({ kind, id })}`, liveHead, query)
  return head && readOne(client, kind, head)
}

async function readBatch(
  client: SupabaseClient,
  kind: string,
  heads: readonly { id: string; version: number }[],
): Promise<LiveRow[]> {
  // Ids and numbers hold no character that this syntax uses.
  const either = heads.map((head) => `and(id.eq.${head.id},version.eq.${head.version})`).join(',')
  const query = client
    .from('registry_revisions')
    .select(CONTENT)
    .eq('kind', kind)
    .in('state', ['active', 'deprecated'])
    .or(either)
  const rows = await ask(`read live ${kind}`, liveRow, query)
  return rows.filter((row) => row.withdrawnAt === null)
}
