import * as z from 'zod'
import { createEventReads } from '../../cloud/registry/event-reads.ts'
import type { Failure } from '../../contract/failure.ts'
import { type EventPage, eventPageSchema, LARGEST_PAGE } from '../../contract/protocol/events.ts'
import { streamEvents } from '../events/event-stream.ts'
import type { RouteAnswer } from '../http/answer.ts'
import { VARY } from '../http/answer.ts'
import { identifyCaller } from '../http/caller.ts'
import { wholeNumber } from '../http/parameters.ts'
import { refuse } from '../http/problem.ts'
import { LABEL } from '../reads/read-revisions.ts'
import { type Call, defineRoute } from '../route.ts'

const STREAM = 'text/event-stream'
const NO_CURSOR = 'must be the number of an event, or "now"'

const since = z
  .preprocess((text) => seqIn(text) ?? text, z.union([z.literal('now'), z.int().min(0)], NO_CURSOR))
  .default(0)
  .describe('`cursor` of the previous page; 0 for all events, `now` for future events.')

const query = z.strictObject({
  since,
  limit: wholeNumber(1, LARGEST_PAGE).default(100).describe('The most events in a page; 100 by default.'),
})

type EventsCall = Call<unknown, z.infer<typeof query>>

/**
 * `GET /api/events`: the change feed from a cursor, as a page or as a stream. Never cached: "nothing new" is wrong a
 * moment later, and who asks was often nudged just because there is something new.
 */
export const listEvents = defineRoute({
  method: 'GET',
  path: '/api/events',
  name: 'listEvents',
  summary: 'What changed since a cursor, in order; readers see what is public, publishers everything.',
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
      schema: eventPageSchema,
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
    const { limit } = call.query
    const { events } = createEventReads(client, LABEL)
    const read = env === undefined ? events : fromItsBeginning(events)
    const vary = { vary: `Accept, ${VARY}` }
    if (wantsStream(headers))
      return { ...(await openStream(call, (from) => read(from, limit))), headers: vary }
    return { body: await read(call.query.since, limit), headers: vary }
  },
})

type Read = (since: number | 'now') => Promise<EventPage>
type ReadPage = (since: number | 'now', limit: number) => Promise<EventPage>

/** A preview counts on from where no cursor of an earlier one of its name is; 0 means its beginning nevertheless. */
function fromItsBeginning(read: ReadPage): ReadPage {
  return async (since, limit) => {
    try {
      return await read(since, limit)
    } catch (error) {
      const { floor } = ((error as Failure).detail ?? {}) as { floor?: unknown }
      if (since !== 0 || typeof floor !== 'number') throw error
      return read(floor, limit)
    }
  }
}

/** The first page is read before there is a stream, so that a cursor that is gone gets its status. */
async function openStream(call: EventsCall, read: Read): Promise<RouteAnswer> {
  const { query, headers, ports, signal, principal } = call
  const from = lastEventId(headers) ?? query.since
  const over = new AbortController()
  const end = () => over.abort()
  const leave = ports.streams.take(end, identifyCaller(headers, principal, ports.forwarded))
  if (!leave) throw tooMany()
  over.signal.addEventListener('abort', leave)
  signal.addEventListener('abort', end, { signal: over.signal })
  if (signal.aborted) end()
  try {
    const first = await read(from)
    const since = from === 'now' ? first.cursor : from
    const { beatMs, lastMs } = ports.streams
    const { subscribe } = ports.bus
    return {
      stream: streamEvents({ since, first, next: read, limit: query.limit, subscribe, beatMs, lastMs, over }),
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

/** @throws Refusal 400 for an id that is none of ours */
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

/** The number of an event in digits, if JavaScript has such a number. */
function seqIn(text: unknown): number | undefined {
  const seq = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : undefined
  return Number.isSafeInteger(seq) ? seq : undefined
}

function wantsStream(headers: Headers): boolean {
  const types = headers.get('accept')?.toLowerCase().split(',') ?? []
  return types.some((type) => type.split(';')[0]?.trim() === STREAM)
}
