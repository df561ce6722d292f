import type { EventPage } from '../../contract/protocol/events.ts'

/** Tells the open streams of one API instance that the feed has moved. What has moved they read themselves. */
export interface EventBus {
  /** A page or the seq of its last event; what is not newer than all that was told before wakes nobody. */
  publish(news: EventPage | number): void
  /** Calls `wake` for all news until the function that this returns is called. */
  subscribe(wake: () => void): () => void
}

export interface EventBusOptions {
  /** The registry's newest seq. Asked while anybody listens, once for all of them. */
  newest?: () => Promise<number>
  /** The pause between two questions, milliseconds. */
  everyMs?: number
}

/** Makes the bus of one API instance. */
export function createEventBus({ newest, everyMs = 2_000 }: EventBusOptions = {}): EventBus {
  const listening = new Set<() => void>()
  let known = -1
  const tell = (seq: number) => {
    known = seq
    for (const wake of [...listening]) wake()
  }
  const questions = createQuestions(everyMs, async () => {
    // A registry that does not answer has no news; the next question finds it again.
    const seq = await newest?.().catch(() => known)
    // Less than before is news too: the database was restored.
    if (seq !== undefined && seq !== known) tell(seq)
    return listening.size > 0
  })
  return {
    publish(news) {
      const seq = typeof news === 'number' ? news : news.cursor
      if (seq > known) tell(seq)
    },
    subscribe(wake) {
      // Of its own, so that two subscriptions of one function are two.
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

/** Asks again after each pause, from the start until the stop or until `ask` says that nobody listens. */
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
