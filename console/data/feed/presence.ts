/** How long a tab that is not seen goes on following the feed, in ms. */
const AWAY = 60_000

/**
 * Runs `work` while the tab is seen, and for a minute after that; it is called again when the tab is seen again.
 * @returns a function that ends this
 */
export function whilePresent(work: (signal: AbortSignal) => void): () => void {
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    running?.abort()
    running = undefined
  }
  const look = () => {
    clearTimeout(timer)
    if (document.visibilityState === 'hidden') {
      timer = setTimeout(stop, AWAY)
      return
    }
    if (running) return
    running = new AbortController()
    work(running.signal)
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    clearTimeout(timer)
    stop()
  }
}
