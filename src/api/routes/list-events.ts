import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { createEventReads } from '../../cloud/registry/event-reads.ts'
import { seq } from '../../cloud/registry/shapes.ts'
import type { Failure } from '../../contract/failure.ts'
import { type EventPage, LARGEST_PAGE } from '../../contract/protocol/events.ts'
import { parsePast } from '../../core/live-at.ts'
import { streamEvents } from '../events/event-stream.ts'
import { readSharedPage } from '../events/shared-pages.ts'
import type { RouteAnswer } from '../http/answer.ts'
import { VARY } from '../http/answer.ts'
import { identifyCaller } from '../http/caller.ts'
import { wholeNumber } from '../http/parameters.ts'
import { refuse } from '../http/problem.ts'
import { requirePublisher } from '../http/publisher-only.ts'
import { eventList } from '../reads/history-shapes.ts'
import { readCauses } from '../reads/read-releases.ts'
import { ask, LABEL } from '../reads/read-revisions.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const STREAM = 'text/event-stream'
const NO_CURSOR = 'must be the number of an event, "now", or a time with its zone'
/** How a time begins; the rest of it is checked where it is read. */
const DAY = /^\d{4}-\d\d-\d\d/

const since = z
  .preprocess(
    (text) => seqIn(text) ?? text,
    z.union(
      [z.literal('now'), z.int().min(0), z.string().max(40, NO_CURSOR).regex(DAY, NO_CURSOR)],
      NO_CURSOR,
    ),
  )
  .default(0)
  .describe(
    '`cursor` of the previous page; 0 for all events, `now` for future events, or a time in the past for the events ' +
      'after it: ISO 8601 with its zone; a date alone is its start in UTC.',
  )

const query = z.strictObject({
  since,
  mark: z
    .uuid()
    .optional()
    .describe(
      '`mark` of the previous page. A registry that was restored from a backup since then answers 410 instead of ' +
        'events with the same numbers.',
    ),
  limit: wholeNumber(1, LARGEST_PAGE)
    .default(100)
    .describe('The largest number of events in a page; 100 by default.'),
  expand: z
    .literal('release')
    .optional()
    .describe('Add to each event what made it, who and why; for publishers.'),
})

type EventsCall = RouteCall<unknown, z.infer<typeof query>>

/**
 * `GET /api/events`: the change feed from a cursor, as a page or as a stream. Never cached: "nothing new" is outdated a
 * moment later, and callers often ask because they were notified of something new.
 */
export const listEvents = defineRoute({
  method: 'GET',
  path: '/api/events',
  name: 'listEvents',
  summary: 'List the changes after a cursor, in order: public ones for readers, all for publishers.',
  access: 'public',
  query,
  headers: {
    'Last-Event-ID': {
      description: 'For a stream: the last event id that the reader has. It takes precedence over `since`.',
    },
  },
  responses: {
    200: {
      description: 'One page, or with `Accept: text/event-stream` all events as they happen.',
      schema: eventList,
      type: STREAM,
    },
    410: {
      description:
        'The events after the cursor are no longer kept, or the cursor is of another registry. Take the `cursor` of ' +
        '`?since=now`, read every list again, and go on from it.',
    },
  },
  handle: async (call: EventsCall): Promise<RouteAnswer> => {
    const { client, headers, env } = call
    const { limit, mark } = call.query
    const { events } = createEventReads(client, LABEL)
    const plain = env === undefined ? events : fromItsBeginning(events)
    const read = call.query.expand === undefined ? plain : withCauses(call, plain)
    const vary = { vary: `Accept, ${VARY}` }
    const from = await findCursor(client, call.query.since)
    if (wantsStream(headers))
      return { ...(await openStream(call, from, (seq, at) => read(seq, limit, at))), headers: vary }
    return { body: await read(from, limit, mark), headers: vary }
  },
})

/**
 * The number of the last event by a time that the caller may see. Before the first one it is 0, which is too old a
 * cursor once events are no longer kept.
 */
async function findCursor(
  client: SupabaseClient,
  since: z.infer<typeof query>['since'],
): Promise<number | 'now'> {
  if (typeof since === 'number' || since === 'now') return since
  const at = parsePast(since, Date.now())
  const events = client.from('registry_events').select('seq').lte('at', at)
  // The order by time is the order by number, and has an index with the times.
  const newest = events.order('at', { ascending: false }).order('seq', { ascending: false })
  const [last] = await ask('find the events of a time', row, newest.limit(1))
  return last?.seq ?? 0
}

const row = z.object({ seq })

type ReadEvents = (since: number | 'now', mark?: string | null) => Promise<EventPage>
type ReadPage = (since: number | 'now', limit: number, mark?: string | null) => Promise<EventPage>

/**
 * The events of a preview begin at a number that no cursor of an
 * earlier preview with its name has; 0 still means its beginning.
 */
function fromItsBeginning(read: ReadPage): ReadPage {
  return async (since, limit, mark) => {
    try {
      return await read(since, limit, mark)
    } catch (error) {
      const { floor } = ((error as Failure).detail ?? {}) as { floor?: unknown }
      if (since !== 0 || typeof floor !== 'number') throw error
      return read(floor, limit)
    }
  }
}

/** Pages whose events have their causes; publishers alone may know these. */
function withCauses(call: EventsCall, read: ReadPage): ReadPage {
  requirePublisher(call, 'expand')
  return async (since, limit, mark) => {
    const page = await read(since, limit, mark)
    const causeOf = await readCauses(
      call.ports.service,
      page.events.map(({ seq }) => seq),
    )
    return { ...page, events: page.events.map((event) => ({ ...event, ...causeOf(event.seq) })) }
  }
}

/** The first page is read before the stream is opened, so that a lost cursor is answered with its status. */
async function openStream(call: EventsCall, since: number | 'now', read: ReadEvents): Promise<RouteAnswer> {
  const { query, headers, ports, signal, principal } = call
  const lastId = lastEventId(headers)
  const from = lastId ?? since
  const over = new AbortController()
  const end = () => over.abort()
  const leave = ports.streams.take(end, identifyCaller(headers, principal, ports.forwarded))
  if (!leave) throw tooMany()
  over.signal.addEventListener('abort', leave)
  signal.addEventListener('abort', end, { signal: over.signal })
  if (signal.aborted) end()
  try {
    const first = await read(from, lastId === undefined ? query.mark : undefined)
    const cursor = from === 'now' ? first.cursor : from
    const { beatMs, lastMs } = ports.streams
    const { subscribe } = ports.bus
    return {
      stream: streamEvents({
        since: cursor,
        first,
        next: (seq, mark) =>
          readSharedPage(call.client, [seq, mark, query.limit, query.expand], () => read(seq, mark)),
        limit: query.limit,
        subscribe,
        beatMs,
        lastMs,
        over,
      }),
    }
  } catch (error) {
    end()
    throw error
  }
}

function tooMany() {
  const headers = { 'retry-after': '10' }
  return refuse(503, 'TOO_MANY_STREAMS', 'too many streams are open here', 'try again later, or read pages', {
    headers,
  })
}

/** @throws Refusal 400 for an id that the feed cannot have sent */
function lastEventId(headers: Headers): number | undefined {
  const id = headers.get('last-event-id') ?? ''
  if (id === '') return undefined
  const seq = seqIn(id)
  if (seq !== undefined) return seq
  throw refuse(
    400,
    'BAD_REQUEST',
    'Last-Event-ID is not the number of an event',
    'connect again without Last-Event-ID',
  )
}

/** An event number in digits, if it is a safe integer. */
function seqIn(text: unknown): number | undefined {
  const seq = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : undefined
  return Number.isSafeInteger(seq) ? seq : undefined
}

function wantsStream(headers: Headers): boolean {
  const types = headers.get('accept')?.toLowerCase().split(',') ?? []
  return types.some((type) => type.split(';')[0]?.trim() === STREAM)
}
