import { setTimeout as sleep } from 'node:timers/promises'
import type { Fetch } from '../../contract/fetch.ts'

export interface RetryOptions {
  /** Calls in all, the first one included. */
  attempts: number
  /** The pause before the second call, in milliseconds; it doubles from call to call. */
  firstPauseMs: number
  /** How long a call may take to begin its answer, and then to bring more of it; an edge function gets 150 s. */
  answerWithinMs: number
}

const DEFAULTS: RetryOptions = { attempts: 5, firstPauseMs: 250, answerWithinMs: 160_000 }
const LONGEST_PAUSE_MS = 20_000
/** Answers that have no body by definition. */
const NO_BODY = new Set([101, 204, 205, 304])

/**
 * Repeats a call whose answer did not arrive whole, or was 429 or 5xx, with exponential pauses and full jitter; a
 * `Retry-After` is kept. An answer is handed on when its last byte has arrived, so a connection that breaks in the
 * middle of a body is a lost answer, too.
 * Every call of the registry port may be repeated: reads change nothing, objects are content-addressed and sync calls
 * carry an idempotency key.
 */
export function retryingFetch(fetch: Fetch, options: Partial<RetryOptions> = {}): Fetch {
  const { attempts, firstPauseMs, answerWithinMs } = { ...DEFAULTS, ...options }
  return async (input, init) => {
    const request = new Request(input, init)
    // A body is a stream that is used up by one call, so it is kept as bytes.
    const body = request.body ? await request.arrayBuffer() : undefined
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= attempts || request.signal.aborted
      const outcome = await callOnce(fetch, request, body, answerWithinMs).catch((error: unknown) => {
        if (last) throw readable(error)
        return undefined
      })
      if (outcome && (last || !isTransient(outcome.status))) return outcome
      await sleep(pauseBefore(attempt, firstPauseMs, outcome?.headers.get('retry-after')))
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

/** The response with all of its body in memory, where its readers put it anyway. */
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

function pauseBefore(attempt: number, firstPauseMs: number, retryAfter: string | null | undefined): number {
  const asked = Number(retryAfter) * 1000
  if (asked > 0) return Math.min(asked, LONGEST_PAUSE_MS)
  return Math.random() * Math.min(firstPauseMs * 2 ** (attempt - 1), LONGEST_PAUSE_MS)
}

/** Node says only `fetch failed`; the reason is further down. */
function readable(error: unknown): unknown {
  const { cause } = error as { cause?: { code?: string; message?: string } }
  const reason = cause?.message || cause?.code
  return reason ? new Error(reason, { cause: error }) : error
}
