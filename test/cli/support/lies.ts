/** Ways to falsify one field of an answer. */
export const LIES = {
  'leads out of the folder': () => '../../../pwned/x',
  'controls the terminal': () => '\u001b]0;owned\u0007\u009b31m\u202e::error::x\r',
  'is two megabytes': () => 'x'.repeat(2_000_000),
  'is null': () => null,
  'is of another type': (value: unknown) => {
    if (typeof value === 'string') return 7
    if (typeof value === 'number') return `${value}x`
    return Array.isArray(value) ? {} : []
  },
  'is not such a number': (value: unknown) => (typeof value === 'number' ? -1e300 : { toString: 1 }),
  'is missing': () => undefined,
} satisfies Record<string, (value: unknown) => unknown>

export type Lie = keyof typeof LIES
type Path = readonly (string | number)[]

/** The path of every value in a document; of a list its first item stands for all. */
export function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value)
    ? value.slice(0, 1).flatMap((item) => pathsOf(item, [...path, 0]))
    : Object.entries(value).flatMap(([name, item]) => pathsOf(item, [...path, name]))
  return [path, ...inner]
}

/** The document with another value at the path; a missing one is taken out. */
export function lieAt(value: unknown, [name, ...rest]: Path, lie: Lie): unknown {
  if (name === undefined) return LIES[lie](value)
  if (typeof value !== 'object' || value === null) return value
  const inner = lieAt((value as Record<string, unknown>)[name], rest, lie)
  if (Array.isArray(value)) {
    const others = value.filter((_, at) => at !== name)
    return inner === undefined ? others : value.map((item, at) => (at === name ? inner : item))
  }
  const { [name]: _old, ...others } = value as Record<string, unknown>
  return inner === undefined ? others : { ...others, [name]: inner }
}
