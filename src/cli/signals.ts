import { Worker } from 'node:worker_threads'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** How often the main thread shows that it answers, milliseconds. */
const BEAT_MS = 200
/** A main thread that showed nothing for this long handles no signal, milliseconds. */
const STALLED_MS = 1_000
/** Where the watchdog finds what it calls in the main thread. */
const DISARM = '__nofxDisarmSignals'

/**
 * Runs in a thread of its own. A listener of Node.js hears a signal only when the main thread comes back to its event
 * loop, and until then takes the system's own action away. So when the main thread stays in one computation, its
 * listeners are removed in the middle of that, through the inspector: from then on a signal ends the process at once.
 */
const WATCHDOG = `
const { workerData } = require('node:worker_threads')
const { Session } = require('node:inspector')
const beats = new Int32Array(workerData.beats)
let [last, since] = [Atomics.load(beats, 0), Date.now()]
setInterval(() => {
  const now = Atomics.load(beats, 0)
  if (now !== last) [last, since] = [now, Date.now()]
  if (Date.now() - since < workerData.stalled) return
  since = Infinity
  const session = new Session()
  session.connectToMainThread()
  session.post('Runtime.evaluate', { expression: workerData.expression }, () => session.disconnect())
}, workerData.every)
`

let listener: (() => void) | undefined
let watching = false

/**
 * Calls `onSignal` at the first SIGINT or SIGTERM; a second one ends the process at once. A signal that finds the process
 * in a computation that has gone on for a second ends it as well.
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

/** From now on a signal ends the process at once. */
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
  // A Node.js without an inspector has no such watchdog, and is none the worse for it.
  watchdog.on('error', () => {})
  watchdog.unref()
}
