import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { fitting } from '../../cloud/registry/ask.ts'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import { revisionColumns } from '../../cloud/registry/rows.ts'
import {
  definitionId,
  description,
  digest,
  instant,
  json,
  kindId,
  line,
  origin,
  seq,
  state,
  text,
  utcInstant,
  version,
} from '../../cloud/registry/shapes.ts'
import { nameOf } from '../../contract/name.ts'
import type { HeadState } from '../../core/registry/revision.ts'
import { ask, LABEL, unknownDefinition, type Which } from './read-revisions.ts'

/** A head as every reader may see it. `version` is null when no version is live. */
export interface PublicHead {
  state: HeadState
  version: number | null
  /** Digest of the live version; of the newest version when none is live. */
  digest: string
  updatedAt: string
  previousVersion?: number | null
  rollbackAdvice?: unknown
}

/** Kinds with extra columns have their own table; heads of all other kinds are in the common table. */
const OWN_COLUMNS: Record<string, { table: string; columns: string }> = {
  templates: {
    table: 'template_registry',
    columns: ',previousVersion:previous_version,rollbackAdvice:rollback_advice',
  },
}

const headRow = z.object({
  state,
  version: version.nullable(),
  digest,
  updatedAt: instant,
  previousVersion: version.nullish(),
  rollbackAdvice: json.nullish(),
})

/** @throws Failure NOT_FOUND when it does not exist or `client` may not see it */
export async function requireHead(client: SupabaseClient, which: Which): Promise<PublicHead> {
  const { kind, id } = which
  const { table, columns } = OWN_COLUMNS[kind.id] ?? { table: 'registry_heads', columns: '' }
  const query = client.from(table).select(`state,version,digest,updatedAt:updated_at${columns}`)
  const one = query.eq('kind', kind.id).eq('id', id).limit(1)
  const [row] = await ask(`read the head of ${nameOf({ kind: kind.id, id })}`, headRow, one)
  if (!row) throw unknownDefinition(which)
  return { ...row, rollbackAdvice: row.rollbackAdvice ?? undefined }
}

/** The number of the newest event: while it is unchanged, everything that a reader can see is unchanged. */
export async function readSeq(client: SupabaseClient): Promise<number> {
  const rows = await ask(
    'read the counter',
    z.object({ seq }),
    client.from('registry_counter').select('seq').limit(1),
  )
  return rows[0]?.seq ?? 0
}

/** The mark of an event; null if the registry does not have it. */
export async function readMark(client: SupabaseClient, seq: number): Promise<string | null> {
  const what = 'read the mark of an event'
  const { data, error, status } = await client.rpc('registry_mark_of', { p_seq: seq })
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, z.uuid().nullable(), data)
}

/** The arguments of the SQL function `registry_list`; `since` is the number of an event. */
export interface ListQuery {
  status?: string[]
  tag?: string
  skill?: string
  category?: string
  owner?: string
  search?: string
  since?: number
  sort?: 'id' | '-updatedAt'
  after?: string
  /** With `sort: '-updatedAt'`: when the definition `after` moved, microseconds since 1970. */
  afterAt?: number
  /** Only definitions with a draft that waits; as the service only. */
  waiting?: boolean
  /** Only definitions whose newest published content is held; as the service only. */
  onlyHeld?: boolean
  /** The definitions as they were then, milliseconds since 1970. */
  at?: number
  /** Also read what only publishers may know of each; as the service only. */
  heads?: boolean
  /** Only what a table needs of each. */
  row?: boolean
  limit: number
}

const listHead = z.object({
  latestVersion: version,
  draftVersion: version.nullable(),
  held: z.array(digest).max(100_000),
  actor: text(1_000),
  reason: text(10_000).nullable(),
  origin,
  commitSha: line(64),
  dirty: z.boolean(),
})

const listEntry = z.object({
  kind: kindId,
  id: definitionId,
  state,
  version: version.nullable(),
  digest,
  promptHash: digest,
  metadata: description,
  // The function writes UTC. A time that is converted would let zod read the whole page, which takes ten times as long.
  updatedAt: utcInstant,
  head: listHead.optional(),
})
const rowMetadata = description.pick({ name: true, owner: true, tags: true })

/** A page whose entries have this shape. */
const buildAnswer = <Item extends z.ZodType>(item: Item) =>
  z.object({
    seq,
    mark: z.uuid().nullish(),
    items: z.array(item),
    next: definitionId.nullable(),
    nextAt: z.int().min(0).nullable(),
    beyond: definitionId.nullable(),
    total: z.int().min(0).optional(),
  })
const listAnswer = buildAnswer(listEntry)
const rowsAnswer = buildAnswer(listEntry.extend({ metadata: rowMetadata }))

/** One page of a kind, and the newest event's number at the same moment. */
export async function readList(
  client: SupabaseClient,
  kind: string,
  query: ListQuery,
): Promise<z.infer<typeof listAnswer>> {
  return fitting(LABEL, describeList(kind), listAnswer, await askForList(client, kind, query))
}

/** The same with what a table needs of each definition. */
export async function readRows(
  client: SupabaseClient,
  kind: string,
  query: ListQuery,
): Promise<z.infer<typeof rowsAnswer>> {
  const data = await askForList(client, kind, { ...query, row: true })
  return fitting(LABEL, describeList(kind), rowsAnswer, data)
}

const describeList = (kind: string) => `list the ${kind}`

async function askForList(client: SupabaseClient, kind: string, query: ListQuery): Promise<unknown> {
  const { data, error, status } = await client.rpc('registry_list', { p_kind: kind, p_query: query })
  if (error) throw remoteFailure(LABEL, describeList(kind), { ...error, status })
  return data
}

const manifestRow = revisionColumns.pick({ id: true, manifest: true, files: true })

/** What `view=manifest` adds to a definition of a list. */
export type ManifestRow = Pick<z.output<typeof manifestRow>, 'manifest' | 'files'>

/** The manifests and the lists of files of live versions, in one query; withdrawn ones have none. */
export async function readManifests(
  client: SupabaseClient,
  kind: string,
  heads: readonly { id: string; version: number | null }[],
): Promise<Map<string, ManifestRow>> {
  const live = heads.filter(({ version }) => version !== null)
  if (live.length === 0) return new Map()
  // Ids and numbers hold no character that this syntax uses.
  const either = live.map(({ id, version }) => `and(id.eq.${id},version.eq.${version})`).join(',')
  const query = client.from('registry_revisions').select('id,manifest,files').eq('kind', kind).or(either)
  const rows = await ask(`read the manifests of ${kind}`, manifestRow, query)
  return new Map(rows.map(({ id, ...row }) => [id, row]))
}

const counts = z.object({
  seq,
  kinds: z.record(kindId, z.partialRecord(z.enum([...state.options, 'waiting', 'held']), z.int().min(0))),
})

/**
 * How many definitions of each kind `client` may see, by state.
 * @param waiting whether to count the drafts that wait and what is held, too; as the service only
 */
export async function readCounts(client: SupabaseClient, waiting: boolean): Promise<z.infer<typeof counts>> {
  const what = 'count the definitions'
  const { data, error, status } = await client.rpc('registry_counts', { p_waiting: waiting })
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, counts, data)
}
