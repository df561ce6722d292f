/** A sleeper that can be woken. */
export interface Alarm {
  /** Ends the present pause, or the next one before it begins. Ringing twice is ringing once. */
  ring: () => void
  /** Forgets a ring. */
  reset(): void
  /** Sleeps for `ms`, less when it rings; `leastMs` of it whatever rings. The signal ends it at once. */
  pause(ms: number, leastMs?: number): Promise<void>
  dispose(): void
}

/** An alarm that `signal` rings for good. */
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
