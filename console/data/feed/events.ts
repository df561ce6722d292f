import type { components } from '../../generated/api.d.ts'
import { api, receive } from '../client.ts'

type Page = components['schemas']['EventPage']

/** A change of the registry; what made it, who and why are for publishers. */
export type FeedEvent = Page['events'][number]

/** Which events a browser follows: all of an environment for publishers, the public ones for readers. */
export interface Channel {
  env?: string
  publisher: boolean
}

/** Where reading goes on. `mark` shows whether the registry is still the one that gave the cursor. */
export interface Checkpoint {
  cursor: number
  mark?: string
}

/** Where reading begins: after the number of an event or after a time, or with what happens from now on. */
interface Beginning {
  cursor: number | string
  mark?: undefined
}

/** Events of one request. */
export const PAGE = 100

const queryOf = ({ env, publisher }: Channel) => ({
  env,
  expand: publisher ? ('release' as const) : undefined,
})

/**
 * One page of the feed.
 * @throws Problem 410 when the events after the cursor are not kept, or the cursor is of another registry
 */
export async function readPage(
  channel: Channel,
  { cursor, mark }: Checkpoint | Beginning,
  signal: AbortSignal,
): Promise<Page> {
  const query = { ...queryOf(channel), since: cursor, mark, limit: PAGE }
  const { body } = await receive(api.GET('/api/events', { params: { query }, signal }))
  return body as Page
}

/** Opens the stream of the events after a cursor. It ends after a while by itself, and is then opened anew. */
export async function openStream(
  channel: Channel,
  { cursor, mark }: Checkpoint,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const { body } = await receive(
    api.GET('/api/events', {
      params: { query: { ...queryOf(channel), since: cursor, mark, limit: PAGE } },
      headers: { Accept: 'text/event-stream' },
      parseAs: 'stream',
      signal,
    }),
  )
  return body as ReadableStream<Uint8Array>
}
