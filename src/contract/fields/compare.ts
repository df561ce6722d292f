/** True for values that are equal as JSON, in any order of keys: the database returns keys in its own order. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
}

/** Values on one line, each of them in full, because a cut could hide the change that matters. */
export function shownList(values: readonly string[]): string {
  return values.map(plain).join(' ')
}

/** Adds quotes only where a bare word would be ambiguous. */
function plain(value: string): string {
  return /^[^\s",]+$/.test(value) ? value : JSON.stringify(value)
}
