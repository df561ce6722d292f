import { setFlagsFromString } from 'node:v8'

/** From this many definitions on, what V8 leaves lying between two collections would be most of the memory. */
const MANY = 50_000
/** By how much the heap may grow between two collections, in percent of what lives; V8's own choice is up to 300. */
const GROWTH = 30

let isSmall = false

/** Keeps the memory of a command about many definitions near what it needs. It takes some more time, so few do without. Returns whether it does. */
export function keepHeapSmall(definitions: number): boolean {
  if (isSmall || definitions < MANY) return isSmall
  isSmall = true
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`)
  return true
}
