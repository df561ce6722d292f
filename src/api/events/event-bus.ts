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
  let timer: NodeJS.Timeout | undefined

  function tell(seq: number): void {
    known = seq
    for (const wake of [...listening]) wake()
  }

  async function ask(): Promise<void> {
    // A registry that does not answer has no news; the next question finds it again.
    const seq = await newest?.().catch(() => known)
    // Less than before is news too: the database was restored.
    if (seq !== undefined && seq !== known) tell(seq)
    timer = undefined
    askLater()
  }

  function askLater(): void {
    if (newest && listening.size > 0) timer ??= setTimeout(() => void ask(), everyMs).unref()
  }

  return {
    publish(news) {
      const seq = typeof news === 'number' ? news : news.cursor
      if (seq > known) tell(seq)
    },
    subscribe(wake) {
      // Of its own, so that two subscriptions of one function are two.
      const own = () => wake()
      listening.add(own)
      askLater()
      return () => {
        listening.delete(own)
        if (listening.size > 0) return
        clearTimeout(timer)
        timer = undefined
      }
    },
  }
}
