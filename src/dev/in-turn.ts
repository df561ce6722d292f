/**
 * Makes a task that may be requested at any time: it never runs twice at once, and runs once more if it was requested
 * during a run. `idle` resolves when nothing runs.
 */
export function inTurn(task: () => Promise<void>): { ask: () => void; idle: () => Promise<void> } {
  let running: Promise<void> | undefined
  let again = false
  const run = async () => {
    do {
      again = false
      await task()
    } while (again)
    running = undefined
  }
  return {
    ask: () => {
      again = true
      running ??= run()
    },
    idle: async () => running,
  }
}
