import { backOff } from '../feed/follow.ts'

export interface RefresherOptions<T> {
  work: (item: T) => Promise<void>
  /** Whether an item needs no work now. */
  isDone: (item: T) => boolean
  log: (line: string) => void
  /** The longest pause between two attempts. */
  pollMs: number
  signal: AbortSignal
}

/** How many items are worked on at once. */
const AT_ONCE = 8

/** Works on requested items, a few at a time, and retries failures. A second request for an item has no effect. */
export function createRefresher<T>({ work, isDone, log, pollMs, signal }: RefresherOptions<T>) {
  const waiting = new Set<T>()
  let running = 0

  async function run(): Promise<void> {
    for (const item of waiting) {
      waiting.delete(item)
      await refresh(item)
    }
  }

  async function refresh(item: T): Promise<void> {
    for (let failures = 0; !signal.aborted && !isDone(item); ) {
      try {
        await work(item)
      } catch (error) {
        if (signal.aborted) return
        if (failures === 0) log(`not read again yet: ${(error as Error).message}`)
        await pause(backOff(failures++, pollMs), signal)
      }
    }
  }

  return {
    ask(item: T): void {
      waiting.add(item)
      if (running >= AT_ONCE) return
      running++
      void run().finally(() => {
        running--
      })
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
