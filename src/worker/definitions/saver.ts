/** Delays writes so that several requests become one. */
export interface Saver {
  /** Writes as soon as the last write is `everyMs` ago. */
  ask(everyMs: number): void
  /** Writes now. */
  flush(): Promise<void>
}

export function createSaver(write: () => Promise<void>): Saver {
  let writing = Promise.resolve()
  let last = Number.NEGATIVE_INFINITY
  let due = Number.POSITIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush(): Promise<void> {
    clearTimeout(timer)
    due = Number.POSITIVE_INFINITY
    last = performance.now()
    writing = writing.then(write)
    return writing
  }
  return {
    ask(everyMs) {
      const at = Math.max(performance.now(), last + everyMs)
      if (at >= due) return
      clearTimeout(timer)
      due = at
      timer = setTimeout(flush, Math.max(0, at - performance.now()))
    },
    flush,
  }
}
