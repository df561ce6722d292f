import { Failure } from '../../contract/failure.ts'
import type { EventPage } from '../../contract/protocol/events.ts'
import type { EventBus } from './event-bus.ts'

export interface EventStreamOptions {
  /** Where the reader stands before `first`. */
  since: number
  /** What was read to find out that the cursor is good. */
  first: EventPage
  /** Reads on, with the reader's own rights. */
  next: (since: number, mark?: string | null) => Promise<EventPage>
  /** Events that fill a page: after such a one there may be more. */
  limit: number
  subscribe: EventBus['subscribe']
  /** The longest silence, milliseconds: a comment keeps proxies from cutting the connection. */
  beatMs: number
  /** Ends by itself after this long, milliseconds: the reader comes back with its last id. */
  lastMs: number
  /** Whoever aborts it ends the stream; the stream does so itself when it is over for another reason. */
  over: AbortController
}

/** After how long a reader comes back, and a page that failed is asked for again, milliseconds. */
const AGAIN_MS = 2_000

/**
 * The feed as server-sent events (WHATWG HTML, 9.2). Pages are read as the reader takes them, so a slow one costs no
 * memory. Every block has an id to come back with, also where events went by that the reader may not see.
 */
export function streamEvents(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { over, lastMs, subscribe } = options
  // Whoever went away while the first page was read takes nothing more, and would never be forgotten.
  if (over.signal.aborted) return new ReadableStream({ start: (controller) => controller.close() })
  const end = () => over.abort()
  const timer = setTimeout(end, lastMs).unref()
  over.signal.addEventListener('abort', () => clearTimeout(timer))
  const encoder = new TextEncoder()
  const blocks = blocksOf(options, listen(subscribe, over.signal))
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

/** Waits for news, at most so long; tells whether there were some since it was last asked. */
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
    const heard = news
    news = false
    return heard
  }
}

async function* blocksOf(
  { since, first, next, limit, beatMs, over: { signal } }: EventStreamOptions,
  heard: Heard,
): AsyncGenerator<string> {
  yield `retry: ${AGAIN_MS}\nid: ${since}\n\n`
  let told = since
  let page: EventPage | undefined = first
  let mark: string | null = null
  let quiet = false
  while (!signal.aborted) {
    const text: string = page ? textOf(page, told) : ''
    if (page) ({ cursor: told, mark } = page)
    if (text !== '' || quiet) yield text || ':\n\n'
    if (page && page.events.length >= limit) quiet = false
    else quiet = !(await heard(page ? beatMs : Math.min(AGAIN_MS, beatMs)))
    if (signal.aborted) return
    const answer: EventPage | 'gone' | undefined = await read(next, told, mark)
    if (answer === 'gone') return
    page = answer
  }
}

/** Undefined: there is no answer just now. `gone`: there will be none for this reader, who hears why when it returns. */
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

function textOf({ cursor, events }: EventPage, told: number): string {
  const blocks = events.map(
    (event) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  // An id without data moves the reader on and shows it nothing.
  if (cursor > (events.at(-1)?.seq ?? told)) blocks.push(`id: ${cursor}\n\n`)
  return blocks.join('')
}
