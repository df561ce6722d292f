import type { EventPage } from '../../contract/protocol/events.ts'

/**
 * Wakes the open streams of one API instance when the feed has new events. The streams then read the events themselves.
 */
export interface EventBus {
  /** Takes a page or the seq of its last event; a seq that is not newer than those before wakes no stream. */
  publish(news: EventPage | number): void
  /** Calls `wake` for every newer seq until the returned function is called. */
  subscribe(wake: () => void): () => void
}

export interface EventBusOptions {
  /** Reads the registry's newest seq. Called while there are subscribers, once for all of them. */
  newest?: () => Promise<number>
  /** The pause between two reads, milliseconds. */
  everyMs?: number
}

/** Makes the bus of one API instance. */
export function createEventBus({ newest, everyMs = 2_000 }: EventBusOptions = {}): EventBus {
  const listening = new Set<() => void>()
  let newestSeq = -1
  const tell = (seq: number) => {
    newestSeq = seq
    for (const wake of [...listening]) wake()
  }
  const questions = createQuestions(everyMs, async () => {
    // When the registry does not answer, nothing is new; the next read catches up.
    const seq = await newest?.().catch(() => newestSeq)
    // A lower seq is new as well: the database was restored.
    if (seq !== undefined && seq !== newestSeq) tell(seq)
    return listening.size > 0
  })
  return {
    publish(news) {
      const seq = typeof news === 'number' ? news : news.cursor
      if (seq > newestSeq) tell(seq)
    },
    subscribe(wake) {
      // A new function for each subscription, so that one `wake` can be subscribed twice.
      const own = () => wake()
      listening.add(own)
      if (newest) questions.start()
      return () => {
        listening.delete(own)
        if (listening.size === 0) questions.stop()
      }
    },
  }
}

/** Repeats `ask` after each pause, until it is stopped or `ask` returns that there are no subscribers. */
function createQuestions(everyMs: number, ask: () => Promise<boolean>) {
  let timer: NodeJS.Timeout | undefined
  const next = async () => {
    const goesOn = await ask()
    timer = undefined
    if (goesOn) start()
  }
  const start = () => {
    timer ??= setTimeout(() => void next(), everyMs).unref()
  }
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  return { start, stop }
}
