import type { Meter } from './meter.ts'

/** The keys and the entries of a value that some schema has looked at, and found in order. */
export interface Seen {
  keys: Set<string>
  items: Set<number>
}

/** A new, empty one. */
export function nothingSeen(): Seen {
  return { keys: new Set(), items: new Set() }
}

/** Adds what another schema has looked at. */
export function see(seen: Seen, more: Seen, meter: Meter): void {
  meter.spend((more.keys.size + more.items.size) / 8)
  for (const key of more.keys) seen.keys.add(key)
  for (const item of more.items) seen.items.add(item)
}
