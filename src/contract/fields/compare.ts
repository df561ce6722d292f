/** Equal as JSON, whatever the order of keys: the database gives keys back in its own order. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
}

/** Values in one line, each of them and in full: what is cut off could be what matters. */
export function shownList(values: readonly string[]): string {
  return values.map(plain).join(' ')
}

/** Quotes only where a word alone would be unclear. */
function plain(value: string): string {
  return /^[^\s",]+$/.test(value) ? value : JSON.stringify(value)
}
