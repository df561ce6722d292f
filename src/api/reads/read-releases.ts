import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { fitting } from '../../cloud/registry/ask.ts'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import { RELEASE_COLUMNS, releaseColumns, toRelease } from '../../cloud/registry/rows.ts'
import { outcomeRow, releaseOrigin, seq, text } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import { movedIn } from '../../core/diff/moves.ts'
import { readReleaseMoves } from '../../core/moves/release-moves.ts'
import type { Registry, Release } from '../../core/registry/registry.ts'
import { ask, LABEL } from './read-revisions.ts'

/** Ids in one query, so that its URL stays short. */
const AT_ONCE = 100

/** The arguments of the SQL function `registry_find_releases`; times in milliseconds since 1970. */
export interface ReleaseQuery {
  before?: number
  kind?: string
  id?: string
  origin?: string
  actor?: string
  commit?: string
  since?: number
  until?: number
  limit: number
}

/** A release with the number of its last event. */
export interface NumberedRelease extends Release {
  seq: number
}

/** The newest releases that a query finds, newest first. As the service: names and reasons are for publishers. */
export async function findReleases(service: SupabaseClient, query: ReleaseQuery): Promise<NumberedRelease[]> {
  const seqs = await call(service, 'find releases', z.array(seq), 'registry_find_releases', {
    p_query: query,
  })
  const releases: NumberedRelease[] = []
  for (let first = 0; first < seqs.length; first += AT_ONCE) {
    const rows = service.from('registry_releases').select(RELEASE_COLUMNS)
    const some = rows.in('seq', seqs.slice(first, first + AT_ONCE)).order('seq', { ascending: false })
    for (const row of await ask('read the releases', releaseColumns, some))
      releases.push({ ...toRelease(row), seq: row.seq })
  }
  return releases
}

/** @throws Failure NOT_FOUND */
export async function requireRelease(registry: Registry, ref: string): Promise<Release> {
  const release = await registry.release(ref)
  if (release) return release
  throw new Failure('NOT_FOUND', `the release "${ref}" does not exist`, 'see: /api/releases')
}

const named = releaseColumns.pick({ id: true, seq: true })

/** The most definitions of one release whose moves are read. */
const MOST_MOVES = 30

/** A release with its number, the release that undid it, and what it did to the first definitions that it moved. */
export async function readWhole(service: SupabaseClient, registry: Registry, release: Release) {
  const releases = () => service.from('registry_releases').select('id,seq')
  const rows = movedIn(release)
  const [own, undoing, moves] = await Promise.all([
    ask('read the release', named, releases().eq('id', release.id).limit(1)),
    ask('read what undid it', named, releases().eq('undoes', release.id).order('seq').limit(1)),
    readReleaseMoves(registry, rows.slice(0, MOST_MOVES)),
  ])
  return {
    ...release,
    seq: own[0]?.seq ?? 0,
    undoneBy: undoing[0]?.id ?? null,
    moves,
    moved: rows.length,
  }
}

const causes = z.array(
  z.object({
    seq,
    origin: releaseOrigin,
    actor: text(1_000),
    reason: text(10_000).nullable(),
    outcome: outcomeRow.shape.outcome.nullable(),
  }),
)

const UNKNOWN = { origin: null, actor: null, reason: null, outcome: null }

/** What made each of these events, by its number: all null for an event that no release made. */
export async function readCauses(service: SupabaseClient, seqs: readonly number[]) {
  if (seqs.length === 0) return () => UNKNOWN
  const found = await call(service, 'read what made the events', causes, 'registry_causes', { p_seqs: seqs })
  const bySeq = new Map(found.map(({ seq, ...cause }) => [seq, cause]))
  return (seq: number) => bySeq.get(seq) ?? UNKNOWN
}

async function call<T>(
  service: SupabaseClient,
  what: string,
  shape: z.ZodType<T>,
  name: string,
  args: object,
): Promise<T> {
  const { data, error, status } = await service.rpc(name, args)
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, shape, data)
}
