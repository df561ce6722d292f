import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../../contract/kind.ts'

/** A field that the source and an edit changed differently; an absent value is undefined. */
export interface FieldConflict {
  field: string
  ours: unknown
  theirs: unknown
}

/** Three values of one field. Absent is undefined. */
interface FieldSides {
  base: unknown
  ours: unknown
  theirs: unknown
}

/** `value` keeps the present value where both sides differ; `base` has the source's changes that were taken. */
export interface MergedValue {
  value: unknown
  base: unknown
  conflicts: FieldConflict[]
}

type Entries = ReadonlyMap<string, unknown>

/** Merges field by field: objects by key, lists of things with an `id` or a `name` by that, other values as a whole. */
export function mergeFields({ base, ours, theirs }: FieldSides, field = ''): MergedValue {
  if (isDeepStrictEqual(ours, theirs)) return { value: ours, base: theirs, conflicts: [] }
  if (isDeepStrictEqual(base, theirs)) return { value: ours, base, conflicts: [] }
  if (isDeepStrictEqual(base, ours)) return { value: theirs, base: theirs, conflicts: [] }
  const [before, here, there] = [listEntries(base), listEntries(ours), listEntries(theirs)]
  const isList = Array.isArray(ours)
  const isAlike = Array.isArray(theirs) === isList && Array.isArray(base) === isList
  if (!before || !here || !there || !isAlike)
    return { value: ours, base, conflicts: [{ field, ours, theirs }] }
  return mergeEntries({ before, here, there }, field, isList)
}

function mergeEntries(
  { before, here, there }: { before: Entries; here: Entries; there: Entries },
  field: string,
  isList: boolean,
): MergedValue {
  const merged = new Map<string, MergedValue>()
  for (const key of new Set([...there.keys(), ...here.keys(), ...before.keys()])) {
    const at = isList ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`
    merged.set(key, mergeFields({ base: before.get(key), ours: here.get(key), theirs: there.get(key) }, at))
  }
  // The order of a list is an edit as well; what the source has stays in the source's order.
  const order =
    isList && isReordered(before, here) ? new Set([...here.keys(), ...merged.keys()]) : merged.keys()
  return {
    value: buildValue(
      [...order].map((key) => [key, merged.get(key)?.value]),
      isList,
    ),
    base: buildValue(
      [...merged].map(([key, { base }]) => [key, base]),
      isList,
    ),
    conflicts: [...merged.values()].flatMap(({ conflicts }) => conflicts),
  }
}

function isReordered(before: Entries, here: Entries): boolean {
  const [old, now] = [
    [...before.keys()].filter((key) => here.has(key)),
    [...here.keys()].filter((key) => before.has(key)),
  ]
  return !isDeepStrictEqual(old, now)
}

/** `fromEntries` defines keys, so that no name reaches a prototype. */
function buildValue(entries: readonly (readonly [string, unknown])[], isList: boolean): unknown {
  const present = entries.filter(([, value]) => value !== undefined)
  return isList ? present.map(([, value]) => value) : Object.fromEntries(present)
}

function listEntries(value: unknown): Entries | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const names = value.map(nameOfEntry)
  const entryNames = names.filter((name) => name !== undefined)
  if (entryNames.length < names.length || new Set(entryNames).size < names.length) return undefined
  return new Map(entryNames.map((name, index) => [name, value[index]]))
}

function nameOfEntry(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { id, name } = entry as JsonObject
  return typeof id === 'string' ? id : typeof name === 'string' ? name : undefined
}
