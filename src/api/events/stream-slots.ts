import type { Caller } from '../http/caller.ts'

/** How many streams one instance holds open, and for how long. */
export interface StreamLimits {
  most: number
  /** Milliseconds; shorter than the platform lets a function run (`vercel.json`). */
  lastMs: number
  /** The longest silence on a stream, milliseconds. */
  beatMs: number
}

export const STREAM_LIMITS: StreamLimits = { most: 100, lastMs: 55_000, beatMs: 15_000 }

/** The streams of one API instance. */
export interface StreamSlots extends StreamLimits {
  /** Takes a place of `caller`'s, if there is one, for a stream that `end` ends; what it returns gives the place back. */
  take(end: () => void, caller: Caller): (() => void) | undefined
  /** Ends all streams: their readers come back, to whoever is there then. */
  endAll(): void
}

/** Of all places, the part that is kept for callers with credentials. */
const KEPT_FOR_KNOWN = 1 / 5
/** Of all places, the part that one address may take, and one holder of credentials. */
const OF_ONE = { anonymous: 1 / 10, known: 1 / 2 }

/**
 * Shares places out: whatever anonymous callers do, callers with credentials have some left, and no single caller takes
 * what the others need.
 */
export function createStreamSlots(limits: Partial<StreamLimits> = {}): StreamSlots {
  const all = { ...STREAM_LIMITS, ...limits }
  const taken = new Map<symbol, { end: () => void; caller: Caller }>()
  const count = (fits: (caller: Caller) => boolean) =>
    [...taken.values()].filter(({ caller }) => fits(caller)).length
  const isFull = ({ share, known }: Caller) => {
    if (taken.size >= all.most) return true
    const ofOne = shareOf(all.most, known)
    if (share !== undefined && count((other) => other.share === share) >= ofOne) return true
    const kept = Math.floor(all.most * KEPT_FOR_KNOWN)
    return !known && count((other) => !other.known) >= all.most - kept
  }
  return {
    ...all,
    take(end, caller) {
      if (isFull(caller)) return undefined
      const place = Symbol('stream')
      taken.set(place, { end, caller })
      return () => {
        taken.delete(place)
      }
    },
    endAll() {
      for (const { end } of [...taken.values()]) end()
    },
  }
}

function shareOf(most: number, known: boolean): number {
  return Math.max(1, Math.floor(most * (known ? OF_ONE.known : OF_ONE.anonymous)))
}
