import { setTimeout as sleep } from 'node:timers/promises'
import type { Fetch } from '../../contract/fetch.ts'

/** Requests at once before the server has shown how many it takes. */
const FIRST_AT_ONCE = 8
/** The most requests at once. */
export const MOST_AT_ONCE = 32
/** The longest pause that a server's `Retry-After` can ask for. */
const LONGEST_PAUSE_MS = 20_000
/** How much longer than the shortest one an answer may take on a server that is not busy, besides twice its time. */
const SLACK_MS = 20

/**
 * Sends as many requests at once as the server takes: one more for each round of answers that come about as fast as the
 * fastest ones, half as many after a refusal for too many requests (429, 503) or a lost connection. During the pause
 * that a refusal asks for, no request begins.
 */
export function pacedFetch(fetch: Fetch): Fetch {
  const pace = new Pace()
  return async (input, init) => {
    await pace.take()
    const begun = Date.now()
    try {
      const response = await fetch(input, init)
      pace.note(begun, response)
      return response
    } catch (error) {
      pace.note(begun)
      throw error
    } finally {
      pace.give()
    }
  }
}

/** How long a refusal asks to wait, in milliseconds; 0 if it does not say. */
export function pauseAsked({ headers }: Pick<Response, 'headers'>): number {
  const askedMs = Number(headers.get('retry-after')) * 1000
  return askedMs > 0 ? Math.min(askedMs, LONGEST_PAUSE_MS) : 0
}

class Pace {
  private limit = FIRST_AT_ONCE
  private open = 0
  private readonly waiting: (() => void)[] = []
  private pauseEnd = 0
  private lastCut = 0
  private shortestMs = Number.POSITIVE_INFINITY

  /** Resolves when a request may begin. */
  async take(): Promise<void> {
    if (this.open + 1 <= this.limit) this.open++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    for (let left = this.pauseEnd - Date.now(); left > 0; left = this.pauseEnd - Date.now()) await sleep(left)
  }

  give(): void {
    this.open--
    for (let next: (() => void) | undefined; this.open + 1 <= this.limit; next()) {
      next = this.waiting.shift()
      if (!next) return
      this.open++
    }
  }

  /** @param response absent if there was none */
  note(begun: number, response?: Response): void {
    const now = Date.now()
    const isRefused = !response || response.status === 429 || response.status === 503
    if (!isRefused) {
      this.shortestMs = Math.min(this.shortestMs, now - begun)
      if (now - begun <= 2 * this.shortestMs + SLACK_MS)
        this.limit = Math.min(this.limit + 1 / this.limit, MOST_AT_ONCE)
      return
    }
    // Requests that were under way together are refused together.
    if (begun >= this.lastCut) {
      this.limit = Math.max(this.limit / 2, 1)
      this.lastCut = now
    }
    if (response) this.pauseEnd = Math.max(this.pauseEnd, now + pauseAsked(response))
  }
}
