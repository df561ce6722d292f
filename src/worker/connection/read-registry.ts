import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { nameOf } from '../../contract/name.ts'
import {
  type EventPage,
  eventArguments,
  eventPageSchema,
  LARGEST_PAGE,
} from '../../contract/protocol/events.ts'
import { asking, type RetriedQuery, unreadable } from './ask-registry.ts'
import { prove, type Readers, revisionShape, type WorkerHead, type WorkerRevision } from './definition.ts'

/** A version of a definition: its number, its digest, or both. */
export interface Pin {
  version?: number
  digest?: string
}

/** A pin and the definition that it belongs to. */
type PinOf = Pin & { kind: string; id: string }

/** A version whose content was withdrawn from the registry. */
export interface WithdrawnVersion {
  kind: string
  id: string
  version: number
  digest: string
}

/** The reads of a registry that the library needs. Every call throws `Failure` alone. */
export interface RegistryReads {
  /** @throws Failure CURSOR_GONE */
  page(since: number | 'now', signal: AbortSignal, mark?: string | null): Promise<EventPage>
  head(kind: string, id: string, signal: AbortSignal): Promise<WorkerHead>
  /** The withdrawn versions: all of them, or those that match a pin. */
  withdrawn(signal: AbortSignal, only?: PinOf): Promise<WithdrawnVersion[]>
  /** Whether a definition that the key may not see any more is disabled; `digest` is that of a version which it could see. */
  isDisabled(kind: string, id: string, digest: string, signal: AbortSignal): Promise<boolean>
  /** Undefined when the key may not see it, it does not exist, or its content was withdrawn. The digest was checked. */
  revision(kind: string, id: string, pin: Pin, signal: AbortSignal): Promise<WorkerRevision | undefined>
}

const COLUMNS = 'kind,id,version,digest,state,manifest,texts,files'
/** Rows in one answer of the REST layer. */
const PAGE = 1000
const stateShape = z.enum(['draft', 'active', 'deprecated', 'disabled', 'removed'])
const headShape = z.object({
  state: stateShape,
  version: z.int().positive().nullable(),
  digest: z.string(),
})
const withdrawnShape = z.object({
  kind: z.string(),
  id: z.string(),
  version: z.int().positive(),
  digest: z.string(),
})
const lastEventShape = z.object({ type: z.string(), digest: z.string().nullable() })

/** What all reads share: the client, and one request with its failures. */
interface WorkerReads {
  client: SupabaseClient
  ask: ReturnType<typeof asking>
  label: string
  readers?: Readers
}

/** @param drafts whether a definition is its newest revision, draft or not */
export function createReads(
  client: SupabaseClient,
  drafts: boolean,
  label: string,
  readers?: Readers,
): RegistryReads {
  const asks: WorkerReads = { client, ask: asking(label), label, readers }
  const head = drafts ? newestHead : liveHead
  return {
    page: (since, signal, mark) => {
      const args = eventArguments(since, LARGEST_PAGE, mark)
      const query = client.rpc('registry_events_since', args).abortSignal(signal)
      return asks.ask('read the events', eventPageSchema, query)
    },
    head: (kind, id, signal) => head(asks, kind, id, signal),
    withdrawn: (signal, only) => readWithdrawn(asks, signal, only),
    isDisabled: (p_kind, p_id, p_digest, signal) => {
      const query = client.rpc('registry_is_disabled', { p_kind, p_id, p_digest }).abortSignal(signal)
      return asks.ask(`read ${nameOf({ kind: p_kind, id: p_id })}`, z.boolean(), query)
    },
    revision: (kind, id, pin, signal) => readRevision(asks, { kind, id, ...pin }, signal),
  }
}

function rows<S extends z.ZodType>(
  { ask }: WorkerReads,
  what: string,
  shape: S,
  query: RetriedQuery,
): Promise<z.output<S>[]> {
  return ask(what, z.array(shape), query)
}

function revisions({ client }: WorkerReads, columns: string, kind: string, id: string) {
  return client.from('registry_revisions').select(columns).eq('kind', kind).eq('id', id)
}

async function newestHead(
  asks: WorkerReads,
  kind: string,
  id: string,
  signal: AbortSignal,
): Promise<WorkerHead> {
  const withContent = revisions(asks, 'state,version,digest', kind, id).or(
    'withdrawn_at.is.null,state.eq.removed',
  )
  const query = withContent.order('version', { ascending: false }).limit(1)
  const what = `read ${nameOf({ kind, id })}`
  const [head, [row]] = await Promise.all([
    headRow(asks, kind, id, signal),
    rows(asks, what, headShape, query.abortSignal(signal)),
  ])
  // A draft is published beside a disabled definition, and does not enable it.
  if (head?.state === 'disabled') return { state: 'disabled' }
  return row ? toHead(row) : { state: 'not-found' }
}

async function headRow(asks: WorkerReads, kind: string, id: string, signal: AbortSignal) {
  const heads = asks.client.from('registry_heads').select('state,version,digest')
  const query = heads.eq('kind', kind).eq('id', id).limit(1).abortSignal(signal)
  const [row] = await rows(asks, `read ${nameOf({ kind, id })}`, headShape, query)
  return row
}

async function liveHead(
  asks: WorkerReads,
  kind: string,
  id: string,
  signal: AbortSignal,
): Promise<WorkerHead> {
  const { client } = asks
  const name = nameOf({ kind, id })
  const row = await headRow(asks, kind, id, signal)
  if (row) return row.state === 'draft' ? { state: 'not-found' } : toHead(row)
  // Readers cannot see the head of a definition that is gone, but they see the event that removed it; that event hides
  // the digest of disabled content.
  const events = client.from('registry_events').select('type,digest').eq('kind', kind).eq('id', id)
  // A withdrawal after the removal does not change the state of the definition.
  const moves = events.not('type', 'like', '*.withdrawn')
  const last = moves.order('seq', { ascending: false }).limit(1).abortSignal(signal)
  const [event] = await rows(asks, `read what became of ${name}`, lastEventShape, last)
  if (!event?.type.endsWith('.removed')) return { state: 'not-found' }
  return { state: event.digest === null ? 'disabled' : 'removed' }
}

async function readWithdrawn(
  asks: WorkerReads,
  signal: AbortSignal,
  only: PinOf | undefined,
): Promise<WithdrawnVersion[]> {
  const versions: WithdrawnVersion[] = []
  for (let from = 0; ; from += PAGE) {
    let query = asks.client
      .from('registry_revisions')
      .select('kind,id,version,digest')
      .not('withdrawn_at', 'is', null)
    if (only) query = query.eq('kind', only.kind).eq('id', only.id)
    if (only?.version !== undefined) query = query.eq('version', only.version)
    if (only?.digest !== undefined) query = query.eq('digest', only.digest)
    const page = query
      .order('kind')
      .order('id')
      .order('version')
      .range(from, from + PAGE - 1)
    const some = await rows(asks, 'read what was withdrawn', withdrawnShape, page.abortSignal(signal))
    for (const one of some) versions.push(one)
    if (some.length < PAGE) return versions
  }
}

async function readRevision(
  asks: WorkerReads,
  pin: PinOf,
  signal: AbortSignal,
): Promise<WorkerRevision | undefined> {
  const { kind, id, version, digest } = pin
  let query = revisions(asks, COLUMNS, kind, id).neq('state', 'removed').is('withdrawn_at', null)
  if (version !== undefined) query = query.eq('version', version)
  if (digest !== undefined) query = query.eq('digest', digest)
  const last = query.order('version', { ascending: false }).limit(1).abortSignal(signal)
  const which = version === undefined ? digest?.slice(0, 12) : `version ${version}`
  const what = `read ${nameOf(pin)} ${which}`
  const [revision] = await rows(asks, what, revisionShape, last)
  if (!revision) return undefined
  const proven = strangerIn(revision, pin) ?? prove(revision, asks.readers)
  if (typeof proven === 'string') throw unreadable(asks.label, what, `${proven}, so it is not used`)
  return proven
}

/** A revision with a correct digest may still be another one than the request names. */
function strangerIn(revision: WorkerRevision, pin: PinOf): string | undefined {
  for (const name of ['kind', 'id', 'version', 'digest'] as const)
    if (pin[name] !== undefined && revision[name] !== pin[name])
      return `its ${name} is ${revision[name]} instead of ${pin[name]}`
  return undefined
}

function toHead({ state, version, digest }: z.output<typeof headShape>): WorkerHead {
  if (state === 'removed' || state === 'disabled') return { state }
  return version === null ? { state: 'not-found' } : { state, version, digest }
}
