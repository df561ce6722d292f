import { createAlarm } from './alarm.ts'
import { backOff, type FollowOptions, followEvents, isCursorGone, POLL_MS } from './follow.ts'
import { within } from './within.ts'

/** An event in the registry. Numbers may be missing between two events: some events are for publishers only. */
export interface Changed {
  seq: number
  /** `agent.added`, `agent.updated`, `agent.removed`; the same for every kind. */
  type: `${string}.${string}`
  kind: string
  id: string
  version: number | null
  digest: string | null
  releaseId: string | null
  /** ISO 8601, by the database's clock. */
  at: string
}

/**
 * Events up to `seq` were no longer kept, so some were missed:
 * read again everything you hold. No later event is missing.
 */
export interface Resync {
  type: 'resync'
  seq: number
}

export type Change = Changed | Resync

/** A place in the feed: a cursor, and its mark, which tells one history of the registry from another. */
export interface FeedPlace {
  cursor: number
  mark: string | null
}

export type ChangesOptions = Omit<FollowOptions, 'isFinal'> & {
  /** The current cursor of the feed. */
  now: (signal: AbortSignal) => Promise<FeedPlace>
  /** The cursor meant nothing to the registry; this is where it is instead. Comes before the `resync`. */
  onLost?: (place: FeedPlace) => void
}

/** `followEvents` that continues when its cursor is gone, and yields a `resync` there. Ends with the signal alone. */
export async function* followChanges(options: ChangesOptions): AsyncGenerator<Change, void, undefined> {
  let { since, mark } = options
  let lostCount = 0
  const onPage = (cursor: number, at: string | null) => {
    lostCount = 0
    options.onPage?.(cursor, at)
  }
  while (!options.signal.aborted) {
    try {
      for await (const event of followEvents({ ...options, since, mark, onPage })) yield event as Changed
    } catch (error) {
      if (!isCursorGone(error)) throw error
      const place = await seek(options, lostCount++)
      if (place === undefined) return
      since = place.cursor
      mark = place.mark
      options.onLost?.(place)
      yield { type: 'resync', seq: since }
    }
  }
}

/**
 * The current cursor, as soon as the registry answers; undefined once the signal is aborted. `lostCount` cursors in a row
 * lengthen the pauses.
 */
async function seek(options: ChangesOptions, lostCount: number): Promise<FeedPlace | undefined> {
  const { signal, answerWithinMs, pollMs = POLL_MS, now, onTrouble } = options
  const alarm = createAlarm(signal)
  try {
    for (let failures = lostCount; !signal.aborted; failures++) {
      if (failures > 0) await alarm.pause(backOff(failures - 1, pollMs))
      try {
        return await within(answerWithinMs, signal, now)
      } catch (error) {
        if (!signal.aborted) onTrouble?.(error, backOff(failures, pollMs))
      }
    }
  } finally {
    alarm.dispose()
  }
}
