import type { JsonObject } from '../../src/contract/kind.ts'
import fc from '../harness/fast-check.ts'

type Path = (string | number)[]

/** Values that break careless code: wrong types, edge cases, other languages' syntax, names with a meaning. */
const ODD = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  'x'.repeat(2000),
  '__proto__',
  'constructor',
  'toString',
  '{{a}}',
  '{a}',
  'https://[::1]/',
  'https://example.com/{tenant}',
  'http://',
  '../../x',
  'steps/none.md',
  'prompts/none.md',
  'a@^1',
  '\u0000',
  '\uD800',
  '日本',
  [],
  {},
]

/** A valid manifest with up to four places removed, duplicated, or replaced. */
export function mutated(manifest: JsonObject): fc.Arbitrary<JsonObject> {
  const paths = pathsIn(manifest)
  const known = paths.map((path) => valueAt(manifest, path))
  const value = fc.oneof(
    fc.constantFrom(...ODD, ...known),
    fc.string(),
    fc.integer(),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const change = fc.record({
    path: fc.constantFrom(...paths),
    how: fc.constantFrom('remove', 'replace', 'double', 'fill'),
    value,
    key: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('constructor', 'toString', 'hasOwnProperty')),
  })
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = structuredClone(manifest)
    for (const { path, how, value, key } of changes) apply(copy, path, how, structuredClone(value), key)
    return copy
  })
}

function apply(root: JsonObject, path: Path, how: string, value: unknown, key: string): void {
  const parent = valueAt(root, path.slice(0, -1)) as JsonObject | unknown[] | undefined
  const last = path.at(-1)
  if (last === undefined || typeof parent !== 'object' || parent === null) return
  if (Array.isArray(parent)) {
    if (how === 'remove') parent.splice(Number(last), 1)
    else if (how === 'double') parent.push(structuredClone(parent[Number(last)]))
    else parent[Number(last)] = value
  } else if (how === 'remove') delete parent[last]
  else if (how === 'fill') parent[key] = value
  else parent[last] = how === 'double' ? structuredClone(parent[last]) : value
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const keys = below.map(([key]) => (Array.isArray(value) ? Number(key) : key))
  return [
    ...(path.length > 0 ? [path] : []),
    ...below.flatMap(([, child], at) => pathsIn(child, [...path, keys[at] ?? ''])),
  ]
}

/** The value at a path, own keys only; undefined if there is no value. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    root,
  )
}
