/** How well the registry is known now. */
export interface Feed {
  /** All events up to this `seq` have been taken into account. */
  readonly cursor: number
  /** What came with the cursor; null when it is an earlier process's. */
  readonly mark: string | null
  /** When that was so, by the registry's clock; undefined before the first answer. */
  readonly asOf: string | undefined
  /** Whether the last read failed. */
  readonly troubled: boolean
  /** Whether it was so a moment ago, by this machine's steady clock: the time of day counts for nothing. */
  isRecent(): boolean
  /** A read was answered, and all of it taken. */
  confirm(cursor: number, mark: string | null): void
  /** A read failed. `cursor` is what an earlier process knew. */
  trouble(cursor?: number): void
  /** The time that came with an answer. */
  noteTime: (at: Date) => void
  /** The registry's time as it was last heard; this machine's before that. */
  now(): string
}

/** @param recentMs how long an answer is recent, milliseconds */
export function createFeed(recentMs: number): Feed {
  let heard: Date | undefined
  let answered = Number.NEGATIVE_INFINITY
  const state = {
    cursor: 0,
    mark: null as string | null,
    asOf: undefined as string | undefined,
    troubled: false,
  }
  const now = () => (heard ?? new Date()).toISOString()
  return {
    get cursor() {
      return state.cursor
    },
    get mark() {
      return state.mark
    },
    get asOf() {
      return state.asOf
    },
    get troubled() {
      return state.troubled
    },
    isRecent: () => performance.now() - answered <= recentMs,
    confirm(cursor, mark) {
      answered = performance.now()
      Object.assign(state, { cursor, mark, asOf: now(), troubled: false })
    },
    trouble(cursor = state.cursor) {
      Object.assign(state, { cursor, troubled: true })
    },
    noteTime: (at) => {
      heard = at
    },
    now,
  }
}
