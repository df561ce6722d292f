import type { Pointer } from '../diagnostic.ts'

/** The value at a place of a parsed document; undefined if the place does not exist. */
export function valueAt(root: unknown, place: Pointer): unknown {
  return place.reduce<unknown>((value, part) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    return isThere ? (value as Record<string | number, unknown>)[part] : undefined
  }, root)
}
