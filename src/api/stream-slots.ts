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
  /** Takes a place, if there is one, for a stream that `end` ends; what it returns gives the place back. */
  take(end: () => void): (() => void) | undefined
  /** Ends all streams: their readers come back, to whoever is there then. */
  endAll(): void
}

export function createStreamSlots(limits: Partial<StreamLimits> = {}): StreamSlots {
  const all = { ...STREAM_LIMITS, ...limits }
  const taken = new Map<symbol, () => void>()
  return {
    ...all,
    take(end) {
      if (taken.size >= all.most) return undefined
      const place = Symbol('stream')
      taken.set(place, end)
      return () => {
        taken.delete(place)
      }
    },
    endAll() {
      for (const end of [...taken.values()]) end()
    },
  }
}
