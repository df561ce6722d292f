import { AsyncLocalStorage } from 'node:async_hooks'

const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const
type Sink = (line: unknown[]) => void

const muted = new AsyncLocalStorage<Sink>()
let patched = false

/**
 * Runs `work` with everything that it prints through `console` sent to `sink` instead of stdout and stderr.
 * Only what `work` itself starts is affected: other code keeps its console, also while `work` is waiting.
 */
export function quietly<T>(work: () => T, sink: Sink = debugSink): T {
  patchConsole()
  return muted.run(sink, work)
}

function patchConsole(): void {
  if (patched) return
  patched = true
  for (const method of METHODS) {
    const original = console[method]
    console[method] = (...line: unknown[]) => {
      const sink = muted.getStore()
      if (sink) sink(line)
      else original.apply(console, line)
    }
  }
}

function debugSink(line: unknown[]): void {
  if (process.env.DEBUG === 'nofx') process.stderr.write(`[embedded] ${line.map(String).join(' ')}\n`)
}
