/** A pause that can be cut short. */
export interface Alarm {
  /** Ends the current pause, or the next one before it begins. A second ring has no effect. */
  ring: () => void
  /** Cancels a ring that has not ended a pause yet. */
  reset(): void
  /** Waits for `ms`, or less when `ring` is called, but at least `leastMs`. The signal ends the pause at once. */
  pause(ms: number, leastMs?: number): Promise<void>
  dispose(): void
}

/** An alarm that rings for good once `signal` is aborted. */
export function createAlarm(signal: AbortSignal): Alarm {
  let rung = false
  let wake = () => {}
  const ring = () => {
    rung = true
    wake()
  }
  const sleep = (ms: number, isOver: () => boolean) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        wake = () => {}
        resolve()
      }
      const timer = setTimeout(done, ms)
      wake = () => isOver() && done()
      wake()
    })
  signal.addEventListener('abort', ring)
  return {
    ring,
    reset: () => {
      rung = false
    },
    async pause(ms, leastMs = 0) {
      if (leastMs > 0) await sleep(leastMs, () => signal.aborted)
      if (ms > leastMs) await sleep(ms - leastMs, () => rung || signal.aborted)
    },
    dispose: () => signal.removeEventListener('abort', ring),
  }
}
