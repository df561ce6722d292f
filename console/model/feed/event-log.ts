/** Events of the registry's feed between two cursors, in order. A reader may not see all that happened between them. */
export interface Batch<Event extends { seq: number }> {
  /** The cursor before: a reader who had read as far as this misses nothing between. */
  after: number
  /** The cursor behind the events. */
  cursor: number
  events: readonly Event[]
}

/**
 * What a batch adds to what was read until `cursor`: nothing twice. `behind` when events before the batch are missing; they
 * are read first.
 */
export function takeBatch<Event extends { seq: number }>(
  cursor: number,
  batch: Batch<Event>,
): { cursor: number; events: Event[] } | 'behind' {
  if (batch.after > cursor) return 'behind'
  return {
    cursor: Math.max(cursor, batch.cursor),
    events: batch.events.filter(({ seq }) => seq > cursor),
  }
}

/** The parts of an event that tell it from another one with its number. */
interface Identified {
  seq: number
  at: string
  kind: string
  id: string
  type: string
}

/**
 * Whether a page of the feed shows that the registry has lost an event: it was restored from a backup, and may give the
 * numbers of what it lost again.
 * @param last an event that was taken after the page begins
 * @param full how many events a page has that does not end with the feed
 */
export function isLost(
  last: Identified | undefined,
  { cursor, events }: Pick<Batch<Identified>, 'cursor' | 'events'>,
  full: number,
): boolean {
  if (!last || (cursor < last.seq && events.length >= full)) return false
  const again = events.find(({ seq }) => seq === last.seq)
  return !again || (['at', 'kind', 'id', 'type'] as const).some((part) => again[part] !== last[part])
}

/** Events newest first, at most `most` of them. */
export function prepend<Event extends { seq: number }>(
  shown: readonly Event[],
  arrived: readonly Event[],
  most: number,
): Event[] {
  return [...arrived].reverse().concat(shown).slice(0, most)
}
