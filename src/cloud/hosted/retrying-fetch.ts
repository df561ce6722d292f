import { setTimeout as sleep } from 'node:timers/promises'
import type { Fetch } from '../../contract/fetch.ts'
import { pacedFetch, pauseAsked } from './paced-fetch.ts'

export interface RetryOptions {
  /** The most calls, the first one included. */
  attempts: number
  /** The pause before the second call, in milliseconds; it doubles with each call. */
  firstPauseMs: number
  /**
   * How long a call may take to begin its answer, and between
   * two parts of it, milliseconds; an edge function gets 150 s.
   */
  answerWithinMs: number
}

const DEFAULTS: RetryOptions = { attempts: 5, firstPauseMs: 250, answerWithinMs: 160_000 }
const LONGEST_PAUSE_MS = 20_000
/** Statuses whose answers have no body by definition. */
const NO_BODY = new Set([101, 204, 205, 304])

/**
 * Repeats a call whose answer was incomplete, or was 429 or 5xx, with exponential pauses and full jitter;
 * `Retry-After` is respected. Requests with a body are as many at once as the server takes. An answer is returned when
 * its last byte has arrived, so a connection that breaks in the middle of a body counts as a lost answer.
 * Every call of the registry port may be repeated: reads change nothing, objects are content-addressed and sync calls
 * carry an idempotency key.
 */
export function retryingFetch(fetch: Fetch, options: Partial<RetryOptions> = {}): Fetch {
  const { attempts, firstPauseMs, answerWithinMs } = { ...DEFAULTS, ...options }
  const paced = pacedFetch(fetch)
  return async (input, init) => {
    const request = new Request(input, init)
    // A body is a stream that one call uses up, so it is kept as bytes.
    const body = request.body ? await request.arrayBuffer() : undefined
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= attempts || request.signal.aborted
      const outcome = await callOnce(body ? paced : fetch, request, body, answerWithinMs).catch(
        (error: unknown) => {
          if (last) throw readable(error)
          return undefined
        },
      )
      if (outcome && (last || !isTransient(outcome.status))) return outcome
      await sleep(pauseBefore(attempt, firstPauseMs, outcome))
    }
  }
}

async function callOnce(
  fetch: Fetch,
  request: Request,
  body: ArrayBuffer | undefined,
  withinMs: number,
): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${withinMs / 1000} s`)), withinMs)
  const signal = AbortSignal.any([request.signal, late.signal])
  try {
    const response = await fetch(new Request(request, { body, signal, duplex: 'half' } as RequestInit))
    return await whole(response, () => timer.refresh())
  } finally {
    clearTimeout(timer)
  }
}

/** The response with its whole body in memory, where its readers put it anyway. */
async function whole(response: Response, onChunk: () => void): Promise<Response> {
  const { status, statusText, headers, body } = response
  if (!body || NO_BODY.has(status)) return response
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of body) {
    chunks.push(chunk as Uint8Array<ArrayBuffer>)
    onChunk()
  }
  return new Response(new Blob(chunks), { status, statusText, headers })
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

function pauseBefore(attempt: number, firstPauseMs: number, outcome: Response | undefined): number {
  const askedMs = outcome ? pauseAsked(outcome) : 0
  return askedMs || Math.random() * Math.min(firstPauseMs * 2 ** (attempt - 1), LONGEST_PAUSE_MS)
}

/** Node.js reports only `fetch failed`; the reason is in the cause. */
function readable(error: unknown): unknown {
  const { cause } = error as { cause?: { code?: string; message?: string } }
  const reason = cause?.message || cause?.code
  return reason ? new Error(reason, { cause: error }) : error
}
