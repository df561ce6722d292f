import type { Pointer } from '../../contract/diagnostic.ts'
import { scanJson } from '../../contract/manifest/json-scan.ts'

/** Where a value of a JSON text begins, and everything inside of it. */
export interface JsonPlace {
  at: number
  /** Of an object; of repeated keys the last, which is the one that parsing keeps. */
  fields?: Map<string, { key: number; value: JsonPlace }>
  /** Of an array. */
  items?: JsonPlace[]
}

/** Offsets in UTF-16 code units of all values and keys; undefined when the text is not JSON. Never throws. */
export function readPlaces(text: string): JsonPlace | undefined {
  const shift = text.startsWith('\ufeff') ? 1 : 0
  const open: JsonPlace[] = []
  let root: JsonPlace | undefined
  let name = { key: 0, text: '' }
  const put = (place: JsonPlace) => {
    const parent = open.at(-1)
    if (parent?.items) parent.items.push(place)
    else if (parent) parent.fields?.set(name.text, { key: name.key, value: place })
    else root = place
  }
  const { error } = scanJson(text.slice(shift), Number.POSITIVE_INFINITY, {
    value: (offset, bracket) => {
      const place = createPlace(offset + shift, bracket)
      put(place)
      if (bracket !== undefined) open.push(place)
    },
    key: (offset, key) => {
      name = { key: offset + shift, text: key }
    },
    close: () => open.pop(),
  })
  return error === undefined ? root : undefined
}

function createPlace(at: number, bracket: '{' | '[' | undefined): JsonPlace {
  if (bracket === undefined) return { at }
  return bracket === '{' ? { at, fields: new Map() } : { at, items: [] }
}

/** The offset of a pointer, or of its last key; where the path ends early, of its last known part. */
export function seekPlace(root: JsonPlace, pointer: Pointer, wantsKey: boolean): number {
  let place = root
  for (const [depth, part] of pointer.entries()) {
    const field = place.fields?.get(String(part))
    const next = field?.value ?? (typeof part === 'number' ? place.items?.[part] : undefined)
    if (next === undefined) return place.at
    if (wantsKey && depth === pointer.length - 1 && field !== undefined) return field.key
    place = next
  }
  return place.at
}
