import { Worker } from 'node:worker_threads'

/** After this time a signal no longer ends a command at once but between two steps, milliseconds. */
export const HEED_AFTER_MS = 300
/** How long a command that ends by itself may continue after the first signal, milliseconds. */
export const GRACE_MS = 3_000
const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** How often the main thread proves that it responds, milliseconds. */
const BEAT_MS = 200
/** A main thread without a sign for this long, in which the process computed for as long, cannot handle signals, milliseconds. */
const STALLED_MS = 1_000
/** The global function of the main thread that the watchdog calls. */
const DISARM = '__nofxDisarmSignals'

/**
 * Runs in a separate thread. Node.js calls a signal listener only when the main thread returns to its event loop, and
 * until then the listener also disables the system's default action. So when the main thread stays in one computation,
 * the watchdog removes the listeners through the inspector: from then on a signal ends the process at once. A signal that
 * came earlier in the same computation is lost with them. So a process that was stopped, or that a busy machine did not let
 * run, keeps its listeners: it has not computed.
 */
const WATCHDOG = `
const { workerData } = require('node:worker_threads')
const { Session } = require('node:inspector')
const beats = new Int32Array(workerData.beats)
const computed = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
const look = () => ({ beat: Atomics.load(beats, 0), at: Date.now(), computed: computed() })
let last = look()
setInterval(() => {
  const now = look()
  if (now.beat !== last.beat) last = now
  if (Math.min(now.at - last.at, now.computed - last.computed) < workerData.stalled) return
  last.at = Infinity
  const session = new Session()
  session.connectToMainThread()
  session.post('Runtime.evaluate', { expression: workerData.expression }, () => session.disconnect())
}, workerData.every)
`

let listener: (() => void) | undefined
let watching = false

/**
 * Calls `onSignal` at the first SIGINT or SIGTERM; a second one ends the process at once. So does a signal that arrives
 * when the process has been in one computation for a second.
 */
export function listenForSignals(onSignal: () => void): void {
  disarm()
  listener = () => {
    forgetSignals()
    onSignal()
  }
  arm()
  if (!watching) watch()
}

/** Restores the default: a signal ends the process at once. */
export function forgetSignals(): void {
  disarm()
  listener = undefined
}

function arm(): void {
  if (!listener || process.listeners('SIGTERM').includes(listener)) return
  for (const signal of SIGNALS) process.on(signal, listener)
}

function disarm(): void {
  if (listener) for (const signal of SIGNALS) process.off(signal, listener)
}

function watch(): void {
  watching = true
  const beats = new SharedArrayBuffer(4)
  const beat = new Int32Array(beats)
  const every = setInterval(() => {
    Atomics.add(beat, 0, 1)
    arm()
  }, BEAT_MS)
  every.unref()
  Object.defineProperty(globalThis, DISARM, { value: disarm, configurable: true })
  const workerData = { beats, every: BEAT_MS, stalled: STALLED_MS, expression: `${DISARM}()` }
  const watchdog = new Worker(WATCHDOG, { eval: true, workerData, stdin: false })
  // A Node.js without an inspector works without this watchdog.
  watchdog.on('error', () => {})
  watchdog.unref()
}
