/** What came into a set and what left it. */
export interface SetChange {
  added: string[]
  removed: string[]
  /** Number of members that stayed. */
  same: number
}

/**
 * The change of an array that is used as a set: its members are texts or numbers, and no member occurs twice.
 * @returns undefined for other values, and when only the order changed
 */
export function compareSets(before: unknown, after: unknown): SetChange | undefined {
  const old = membersOf(before ?? [])
  const now = membersOf(after ?? [])
  if (!old || !now || (before === undefined && after === undefined)) return undefined
  const added = [...now].filter((member) => !old.has(member))
  const removed = [...old].filter((member) => !now.has(member))
  if (added.length + removed.length === 0) return undefined
  return { added, removed, same: now.size - added.length }
}

function membersOf(value: unknown): Set<string> | undefined {
  if (!Array.isArray(value)) return undefined
  if (!value.every((member) => typeof member === 'string' || typeof member === 'number')) return undefined
  const members = new Set(value.map(String))
  return members.size === value.length ? members : undefined
}
