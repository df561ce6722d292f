import { Failure } from '../../contract/failure.ts'
import type { EventPage, RegistryEvent } from '../../contract/protocol/events.ts'
import { createAlarm } from './alarm.ts'
import { within } from './within.ts'

/** How long the feed is left alone when nobody says that it moved, milliseconds. */
export const POLL_MS = 30_000
const FIRST_PAUSE_MS = 250

export interface FollowOptions {
  /**
   * Events with a `seq` above `since`, and where to go on from. It may fail, hang or repeat itself. `mark` is the one
   * that came with the cursor `since`.
   * A failure with the code CURSOR_GONE ends the following.
   */
  page: (since: number, signal: AbortSignal, mark: string | null) => Promise<EventPage>
  /** Subscribes to whatever says "go and look"; gives the way to unsubscribe. What a nudge says is not looked at. */
  nudges: (wake: () => void) => () => void
  /** The last `seq` that is known. */
  since: number
  /** What came with it. */
  mark?: string | null
  /** How many events a page holds at most; told, a page with fewer saves the question whether there are more. */
  limit?: number
  /** 30 s unless given. */
  pollMs?: number
  /** 10 s unless given: a server that accepts and never answers is one that failed. */
  answerWithinMs?: number
  /** Ends the following, quietly. */
  signal: AbortSignal
  /** After every page whose events have been taken, with the `seq` up to which all is known, and its mark. */
  onPage?: (cursor: number, mark: string | null) => void
  /** After every read that failed, with the pause before the next one. */
  onTrouble?: (error: unknown, pauseMs: number) => void
  /** Failures that no other try would mend are thrown; CURSOR_GONE alone unless given. */
  isFinal?: (error: unknown) => boolean
}

/**
 * The feed from a cursor on, live: each event once and in order, whatever the connection does. Reads the next page when
 * the taker has taken the last one, so a slow taker costs no memory.
 * @throws Failure CURSOR_GONE when events after the cursor are no longer kept: read everything again and go on from
 * `detail.seq`; else what `isFinal` lets through
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<RegistryEvent, void, undefined> {
  const { signal, limit = 0, pollMs = POLL_MS } = options
  const alarm = createAlarm(signal)
  const unsubscribe = options.nudges(alarm.ring)
  let cursor = options.since
  let mark = options.mark ?? null
  let failures = 0
  try {
    while (!signal.aborted) {
      // Before the read: a nudge from now on may be about what this read does not see.
      alarm.reset()
      const read = await readPage(options, cursor, mark)
      if (signal.aborted) return
      if ('error' in read) {
        const pauseMs = backOff(failures++, pollMs)
        options.onTrouble?.(read.error, pauseMs)
        await alarm.pause(pauseMs, Math.min(FIRST_PAUSE_MS, pauseMs))
        continue
      }
      failures = 0
      for (const event of read.events.toSorted((a, b) => a.seq - b.seq)) {
        if (event.seq <= cursor) continue
        cursor = event.seq
        yield event
        if (signal.aborted) return
      }
      mark = read.cursor >= cursor ? read.mark : null
      cursor = Math.max(cursor, read.cursor)
      options.onPage?.(cursor, mark)
      if (read.events.length === 0 || read.events.length < limit) await alarm.pause(pollMs)
    }
  } finally {
    unsubscribe()
    alarm.dispose()
  }
}

async function readPage(
  options: FollowOptions,
  since: number,
  mark: string | null,
): Promise<EventPage | { error: unknown }> {
  const { page, answerWithinMs, signal, isFinal = isCursorGone } = options
  try {
    return await within(answerWithinMs, signal, (cut) => page(since, cut, mark))
  } catch (error) {
    if (!signal.aborted && isFinal(error)) throw error
    return { error }
  }
}

/** Whether a cursor is too old, or of another registry. */
export function isCursorGone(error: unknown): error is Failure {
  return error instanceof Failure && error.code === 'CURSOR_GONE'
}

/** Twice as long from failure to failure, and at random: many that lost the same server do not come back at once. */
export function backOff(failures: number, mostMs: number): number {
  const longest = Math.min(mostMs, FIRST_PAUSE_MS * 2 ** Math.min(failures, 16))
  return longest * (0.5 + Math.random() / 2)
}
