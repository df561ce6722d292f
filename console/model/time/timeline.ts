/** A moment at which something moved. */
export interface Tick {
  /** ISO 8601. */
  createdAt: string
}

/**
 * The place of a moment among ticks, oldest first: the last tick that had happened by then, -1 before the first one.
 * @param at ISO 8601; undefined for now, which is behind the last tick
 */
export function placeOf(ticks: readonly Tick[], at: string | undefined): number {
  if (at === undefined) return ticks.length
  const time = Date.parse(at)
  return ticks.findLastIndex(({ createdAt }) => Date.parse(createdAt) <= time)
}

/** The moment at a place: that of its tick, undefined for now. */
export const momentAt = (ticks: readonly Tick[], place: number): string | undefined => ticks[place]?.createdAt
