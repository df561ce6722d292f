import { quoted } from './shown.ts'

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

/** Values in one line, shortened together. */
export function shownList(values: readonly string[]): string {
  return values.length > 6
    ? `${shownList(values.slice(0, 5))} and ${values.length - 5} more`
    : values.map(plain).join(' ')
}

/** Quotes only where a word alone would be unclear. */
function plain(value: string): string {
  return /^[^\s",]{1,78}$/.test(value) ? value : quoted(value)
}
