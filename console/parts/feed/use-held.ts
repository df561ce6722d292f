import { useState } from 'preact/hooks'
import type { FeedEvent } from '../../data/feed/events.ts'

/** So far down the page, a reader reads; what arrives then must not move it, in px. */
const READING = 120

/** The events that are shown; those that arrive while a reader is further down wait until they are asked for. */
export function useHeld(events: readonly FeedEvent[]): {
  shown: readonly FeedEvent[]
  held: number
  show: () => void
} {
  const [last, setLast] = useState<number>()
  const newest = events[0]?.seq
  const isReading = scrollY > READING
  if (!isReading && newest !== last) setLast(newest)
  const shown = isReading && last !== undefined ? events.filter(({ seq }) => seq <= last) : events
  return {
    shown,
    held: events.length - shown.length,
    show: () => {
      setLast(newest)
      scrollTo({ top: 0 })
    },
  }
}
