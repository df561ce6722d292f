import type { ApiCaller } from '../http/caller.ts'

/** How many streams one instance may have open, and for how long. */
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
  /**
   * Takes a slot for a stream of `caller`; `end` ends the stream. Returns the function that frees the slot; undefined
   * when none is free.
   */
  take(end: () => void, caller: ApiCaller): (() => void) | undefined
  /** Ends all streams: their readers reconnect, to another instance if this one is gone. */
  endAll(): void
}

/** The part of all slots that is reserved for callers with credentials. */
const KEPT_FOR_KNOWN = 1 / 5
/** The largest part of all slots for one address, and for one holder of credentials. */
const OF_ONE = { anonymous: 1 / 10, known: 1 / 2 }

/**
 * Distributes slots: anonymous callers cannot use those that are reserved for callers with credentials, and no single
 * caller can use them all.
 */
export function createStreamSlots(limits: Partial<StreamLimits> = {}): StreamSlots {
  const all = { ...STREAM_LIMITS, ...limits }
  const slots = new Map<symbol, { end: () => void; caller: ApiCaller }>()
  const count = (fits: (caller: ApiCaller) => boolean) =>
    [...slots.values()].filter(({ caller }) => fits(caller)).length
  const isFull = ({ share, isKnown }: ApiCaller) => {
    if (slots.size >= all.most) return true
    const ofOne = computeShare(all.most, isKnown)
    if (share !== undefined && count((other) => other.share === share) >= ofOne) return true
    const reserved = Math.floor(all.most * KEPT_FOR_KNOWN)
    return !isKnown && count((other) => !other.isKnown) >= all.most - reserved
  }
  return {
    ...all,
    take(end, caller) {
      if (isFull(caller)) return undefined
      const place = Symbol('stream')
      slots.set(place, { end, caller })
      return () => {
        slots.delete(place)
      }
    },
    endAll() {
      for (const { end } of [...slots.values()]) end()
    },
  }
}

function computeShare(most: number, isKnown: boolean): number {
  return Math.max(1, Math.floor(most * (isKnown ? OF_ONE.known : OF_ONE.anonymous)))
}
