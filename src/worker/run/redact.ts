/** Shorter secrets are replaced as whole values only: replacing every "1" in a text would reveal more than it hides. */
const SHORTEST = 4

/**
 * Replaces the values of secrets in everything that is stored, shown or passed on: texts at any depth, keys included.
 * @param secrets values, as texts
 */
export function createRedactor(secrets: readonly string[]): <T>(value: T) => T {
  // The longest first: one secret may be the start of another.
  const longestFirst = [...new Set(secrets)].filter((one) => one !== '').sort((a, b) => b.length - a.length)
  const inText = (text: string): string => {
    if (longestFirst.includes(text)) return HIDDEN
    let clean = text
    for (const secret of longestFirst) if (secret.length >= SHORTEST) clean = clean.replaceAll(secret, HIDDEN)
    return clean
  }
  const inside = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value)
    if (Array.isArray(value)) return value.map(inside)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [inText(key), inside(one)]))
  }
  return <T>(value: T) => (longestFirst.length === 0 ? value : (inside(value) as T))
}

const HIDDEN = '[secret]'
