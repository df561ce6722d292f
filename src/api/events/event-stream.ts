import { Failure } from '../../contract/failure.ts'
import type { EventPage } from '../../contract/protocol/events.ts'
import type { EventBus } from './event-bus.ts'

export interface EventStreamOptions {
  /** The reader's cursor before `first`. */
  since: number
  /** The first page, which was read to check the cursor. */
  first: EventPage
  /** Reads the next page, with the reader's own rights. */
  next: (since: number, mark?: string | null) => Promise<EventPage>
  /** The events of a full page: after such a page there may be more. */
  limit: number
  subscribe: EventBus['subscribe']
  /** The longest silence, milliseconds: a comment then keeps proxies from cutting the connection. */
  beatMs: number
  /** The stream ends after this time, milliseconds: the reader reconnects with its last id. */
  lastMs: number
  /** Aborting it ends the stream; the stream aborts it when it ends for another reason. */
  over: AbortController
}

/** The pause before a reader reconnects, and before a failed read is retried, milliseconds. */
const AGAIN_MS = 2_000

/**
 * The feed as server-sent events (WHATWG HTML, 9.2). Pages are read as the reader consumes them, so a slow reader costs
 * no memory. Every block has an id to reconnect with, also where the reader may not see the events before it.
 */
export function streamEvents(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { over, lastMs, subscribe } = options
  // A reader that left during the first read would never cancel the stream, which would stay registered.
  if (over.signal.aborted) return new ReadableStream({ start: (controller) => controller.close() })
  const end = () => over.abort()
  const timer = setTimeout(end, lastMs).unref()
  over.signal.addEventListener('abort', () => clearTimeout(timer))
  const encoder = new TextEncoder()
  const blocks = streamBlocks(options, listen(subscribe, over.signal))
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const block = await blocks.next().catch((error: unknown) => {
      end()
      throw error
    })
    if (!block.done) return controller.enqueue(encoder.encode(block.value))
    end()
    controller.close()
  }
  return new ReadableStream({ pull, cancel: end }, { highWaterMark: 0 })
}

/** Waits for a wake-up, at most for the given time; returns whether there was one since the last call. */
type Heard = (withinMs: number) => Promise<boolean>

function listen(subscribe: EventBus['subscribe'], over: AbortSignal): Heard {
  let news = false
  let wake = () => {}
  const leave = subscribe(() => {
    news = true
    wake()
  })
  over.addEventListener('abort', () => {
    leave()
    wake()
  })
  return async (withinMs) => {
    if (!news && !over.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    const hasNews = news
    news = false
    return hasNews
  }
}

async function* streamBlocks(
  { since, first, next, limit, beatMs, over: { signal } }: EventStreamOptions,
  news: Heard,
): AsyncGenerator<string> {
  yield `retry: ${AGAIN_MS}\nid: ${since}\n\n`
  let sentCursor = since
  let page: EventPage | undefined = first
  let mark: string | null = null
  let quiet = false
  while (!signal.aborted) {
    const text: string = page ? renderPage(page, sentCursor) : ''
    if (page) ({ cursor: sentCursor, mark } = page)
    if (text !== '' || quiet) yield text || ':\n\n'
    if (page && page.events.length >= limit) quiet = false
    else quiet = !(await news(page ? beatMs : Math.min(AGAIN_MS, beatMs)))
    if (signal.aborted) return
    const answer: EventPage | 'gone' | undefined = await read(next, sentCursor, mark)
    if (answer === 'gone') return
    page = answer
  }
}

/**
 * The next page. Undefined: the registry does not answer now. `gone`: the cursor is lost; the reader gets the reason
 * when it reconnects.
 */
async function read(
  next: EventStreamOptions['next'],
  since: number,
  mark: string | null,
): Promise<EventPage | 'gone' | undefined> {
  try {
    return await next(since, mark)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return error.code === 'REMOTE_FAILED' ? undefined : 'gone'
  }
}

function renderPage({ cursor, events }: EventPage, sentCursor: number): string {
  const blocks = events.map(
    (event) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  // An id without data advances the reader's cursor and shows no event.
  if (cursor > (events.at(-1)?.seq ?? sentCursor)) blocks.push(`id: ${cursor}\n\n`)
  return blocks.join('')
}
