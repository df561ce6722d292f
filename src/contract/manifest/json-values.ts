import type { Pointer } from '../diagnostic.ts'
import { mayHide } from '../text/hidden-text.ts'
import { isStorable } from '../text/storable.ts'

/** A value that parses but that a registry cannot store: the database would lose, round or refuse it. */
export type BadValue =
  | { problem: 'depth' | 'key'; pointer: Pointer }
  | { problem: 'number'; pointer: Pointer; value: number }
  | { problem: 'string' | 'hidden'; pointer: Pointer; value: string; key: boolean }

/** The result of one walk over a parsed document. */
export interface ValueWalk {
  /**
   * Number of object keys in the whole document. Repeated keys make it smaller than the number of keys in the text.
   */
  keys: number
  bad: BadValue[]
}

/**
 * Visits every value once, to a depth of at most `maxDepth` levels.
 * @param suspectStrings whether the text has escapes; only escapes can produce characters that the text itself does
 * not show
 */
export function walkValues(root: unknown, maxDepth: number, suspectStrings: boolean): ValueWalk {
  const walk: ValueWalk = { keys: 0, bad: [] }
  // Pointers are built only for a finding: `trail` holds the keys of the levels above.
  const trail: (string | number)[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'number') checkNumber(value, trail, walk)
    else if (typeof value === 'string') {
      if (suspectStrings) checkString(value, false, trail, walk)
    } else if (typeof value === 'object' && value !== null) {
      if (trail.length >= maxDepth) walk.bad.push({ problem: 'depth', pointer: [...trail] })
      else if (Array.isArray(value)) visitItems(value)
      else visitFields(value as Record<string, unknown>)
    }
  }
  const visitItems = (items: unknown[]): void => {
    for (let index = 0; index < items.length; index++) {
      trail.push(index)
      visit(items[index])
      trail.pop()
    }
  }
  const visitFields = (object: Record<string, unknown>): void => {
    for (const key of Object.keys(object)) {
      walk.keys++
      trail.push(key)
      if (key === '__proto__') walk.bad.push({ problem: 'key', pointer: [...trail] })
      else if (suspectStrings) checkString(key, true, trail, walk)
      visit(object[key])
      trail.pop()
    }
  }
  visit(root)
  return walk
}

function checkNumber(value: number, trail: readonly (string | number)[], walk: ValueWalk): void {
  if (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))) return
  walk.bad.push({ problem: 'number', pointer: [...trail], value })
}

function checkString(
  value: string,
  key: boolean,
  trail: readonly (string | number)[],
  walk: ValueWalk,
): void {
  const problem = !isStorable(value) ? 'string' : mayHide(value, false) ? 'hidden' : undefined
  if (problem) walk.bad.push({ problem, pointer: [...trail], value, key })
}
