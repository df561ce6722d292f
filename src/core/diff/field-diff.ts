import { isDeepStrictEqual } from 'node:util'

/**
 * One changed field. `path` has the form `skills[triage].description`; `before` is absent for an added field, `after`
 * for a removed one.
 */
export interface FieldChange {
  path: string
  before?: unknown
  after?: unknown
}

type FieldTree = { [key: string]: unknown }

/**
 * Compares two JSON values by meaning: objects by key, lists of objects that have an `id` or `name` by that field,
 * other lists as a whole. A different order of keys, or of identified objects, is not a change.
 */
export function diffFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return []
  const [left, right] = [asTree(before), asTree(after)]
  if (!left || !right || Array.isArray(before) !== Array.isArray(after)) return [change(path, before, after)]
  const list = Array.isArray(before)
  const changes = [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) => {
    const at = list ? `${path}[${key}]` : path ? `${path}.${key}` : key
    if (!Object.hasOwn(left, key)) return [change(at, undefined, right[key])]
    if (!Object.hasOwn(right, key)) return [change(at, left[key], undefined)]
    return diffFields(left[key], right[key], at)
  })
  return changes
}

function change(path: string, before: unknown, after: unknown): FieldChange {
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

/** An object unchanged, or a list of identified objects as a map by id; undefined for every other value. */
function asTree(value: unknown): FieldTree | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return value as FieldTree
  const names = value.map((entry: unknown) => entryName(entry))
  if (names.some((name) => name === undefined) || new Set(names).size < names.length) return undefined
  return Object.fromEntries(value.map((entry: unknown, index) => [names[index], entry]))
}

function entryName(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { id, name } = entry as FieldTree
  return typeof id === 'string' ? id : typeof name === 'string' ? name : undefined
}
