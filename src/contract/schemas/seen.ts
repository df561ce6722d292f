import type { Meter } from './meter.ts'

/** The keys and entries of a value that some schema evaluated successfully. */
export interface EvaluatedParts {
  keys: Set<string>
  items: Set<number>
}

/** A new set without entries. */
export function nothingSeen(): EvaluatedParts {
  return { keys: new Set(), items: new Set() }
}

/** Adds the keys and entries that another schema evaluated. */
export function see(evaluated: EvaluatedParts, more: EvaluatedParts, meter: Meter): void {
  meter.spend((more.keys.size + more.items.size) / 8)
  for (const key of more.keys) evaluated.keys.add(key)
  for (const item of more.items) evaluated.items.add(item)
}
