/** How current the known states are. */
export interface WorkerFeed {
  /** All events up to this `seq` have been applied. */
  readonly cursor: number
  /** What came with the cursor; null when it is an earlier process's. */
  readonly mark: string | null
  /** When that was last confirmed, by the registry's clock; undefined before the first answer. */
  readonly asOf: string | undefined
  /** Whether the last read failed. */
  readonly troubled: boolean
  /** Whether the last answer is recent, by this machine's steady clock; changes of the time of day do not matter. */
  isRecent(): boolean
  /** Records that a read was answered and applied, and logs the end of a trouble. */
  confirm(cursor: number, mark: string | null): void
  /**
   * Records that a read failed, and logs each cause once until an answer comes. `cursor` is the one that an earlier process
   * stored.
   */
  trouble(cause: Error, cursor?: number): void
  /** Records the time in an answer. */
  noteTime: (at: Date) => void
  /** The registry's time of the last answer; this machine's time before the first one. */
  now(): string
}

/** The most causes of one outage that are logged: messages may differ in a number or time each. */
const MOST_CAUSES = 20

/** @param recentMs how long an answer is recent, milliseconds */
export function createFeed(recentMs: number, log: (line: string) => void): WorkerFeed {
  const outage = createOutageLog(log)
  let heardAt: Date | undefined
  let answered = Number.NEGATIVE_INFINITY
  const state = {
    cursor: 0,
    mark: null as string | null,
    asOf: undefined as string | undefined,
    troubled: false,
  }
  const now = () => (heardAt ?? new Date()).toISOString()
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
      outage.end()
      answered = performance.now()
      Object.assign(state, { cursor, mark, asOf: now(), troubled: false })
    },
    trouble({ message }, cursor = state.cursor) {
      outage.add(message)
      Object.assign(state, { cursor, troubled: true })
    },
    noteTime: (at) => {
      heardAt = at
    },
    now,
  }
}

/** Logs an outage of the registry: each cause once, and its end. */
function createOutageLog(log: (line: string) => void) {
  const causes = new Set<string>()
  return {
    add(message: string): void {
      if (causes.has(message) || causes.size === MOST_CAUSES) return
      causes.add(message)
      log(`continuing with what is known: ${message}`)
    },
    end(): void {
      if (causes.size > 0) log('the registry answers again')
      causes.clear()
    },
  }
}
