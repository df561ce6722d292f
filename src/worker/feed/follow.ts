import { Failure } from '../../contract/failure.ts'
import type { EventPage, RegistryEvent } from '../../contract/protocol/events.ts'
import { createAlarm } from './alarm.ts'
import { within } from './within.ts'

/** Pause between two polls without a wake-up, milliseconds. */
export const POLL_MS = 30_000
const FIRST_PAUSE_MS = 250

export interface FollowOptions {
  /**
   * Reads events with a `seq` above `since`, and the next cursor. It may fail, hang or repeat events. `mark` is the mark
   * that came with the cursor `since`.
   * A failure with the code CURSOR_GONE ends the feed.
   */
  page: (since: number, signal: AbortSignal, mark: string | null) => Promise<EventPage>
  /** Subscribes to calls that request a read now; returns the unsubscribe function. A wake-up carries no data. */
  wakeups: (wake: () => void) => () => void
  /** The last known `seq`. */
  since: number
  /** The mark that came with the cursor `since`. */
  mark?: string | null
  /** The most events in a page; when given, a shorter page ends the reading without another request. */
  limit?: number
  /** 30 s unless given. */
  pollMs?: number
  /** 10 s unless given. A server that accepts a request and never answers counts as failed. */
  answerWithinMs?: number
  /** Ends the feed without an error. */
  signal: AbortSignal
  /** Called after the events of a page were consumed, with the `seq` up to which nothing is missing, and its mark. */
  onPage?: (cursor: number, mark: string | null) => void
  /** Called after every failed read, with the pause before the next one. */
  onTrouble?: (error: unknown, pauseMs: number) => void
  /** Selects failures that a retry cannot fix: those are thrown; CURSOR_GONE alone unless given. */
  isFinal?: (error: unknown) => boolean
}

/**
 * The live feed from a cursor on: each event once and in order, across disconnects. The next page is read when the last
 * one was consumed, so a slow consumer costs no memory.
 * @throws Failure CURSOR_GONE when events after the cursor are no longer kept: read everything again and continue from
 * `detail.seq`; also every failure that `isFinal` selects
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<RegistryEvent, void, undefined> {
  const { signal, limit = 0, pollMs = POLL_MS } = options
  const alarm = createAlarm(signal)
  const unsubscribe = options.wakeups(alarm.ring)
  let cursor = options.since
  let mark = options.mark ?? null
  let failures = 0
  try {
    while (!signal.aborted) {
      // Reset before the read: a wake-up during the read may be about an event that the read does not see.
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

/**
 * Doubles the pause with each failure and adds jitter: clients
 * that lost the same server do not return at the same moment.
 */
export function backOff(failures: number, mostMs: number): number {
  const longest = Math.min(mostMs, FIRST_PAUSE_MS * 2 ** Math.min(failures, 16))
  return longest * (0.5 + Math.random() / 2)
}
