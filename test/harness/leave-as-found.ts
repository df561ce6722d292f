import { afterAll, expect, vi } from 'vitest'

/** Packages listen for signals from their first import to the end, so signals are not in the list. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/**
 * What a test file may change of its process, and must undo: other files run in the same process afterwards, and share
 * its modules with it.
 */
function stateOfProcess(): Map<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const),
    ...EVENTS.map((name) => [`listeners of ${name}`, process.listenerCount(name)] as const),
    ['process.cwd()', process.cwd()],
    ['fake timers', vi.isFakeTimers()],
  ])
}

/**
 * Up to Node.js 22, every AsyncLocalStorage that was used marks each later promise of the process. Modules may have one;
 * one for each cloud or request would make all files after it slower.
 */
const MOST_MARKS = 10
const marksOfPromise = (): number => Object.getOwnPropertySymbols(new Promise(() => {})).length

const found = stateOfProcess()

// vitest calls this after the hooks of the file itself. Variables are named without their values: some are secrets.
afterAll(() => {
  const left = stateOfProcess()
  const changed = [...new Set([...found.keys(), ...left.keys()])].filter(
    (name) => found.get(name) !== left.get(name),
  )
  expect(changed, 'a test file leaves its process as it found it').toEqual([])
  expect(marksOfPromise(), 'each AsyncLocalStorage is shared').toBeLessThanOrEqual(MOST_MARKS)
})
