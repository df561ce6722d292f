import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type FeedEvent, PAGE, readPage } from '../../data/feed/events.ts'
import { useMoment } from '../../data/moment.ts'
import { useSession } from '../../data/session.ts'

interface EventsSince {
  /** Oldest first. */
  events: readonly FeedEvent[]
  /** Whether the end of the feed was read. */
  isComplete: boolean
  error?: unknown
  readOn: () => void
  retry: () => void
}

interface Place {
  from: Parameters<typeof readPage>[1]
  isReading: boolean
}

/** The events after a number or a time, page by page. */
export function useEventsSince(since: string): EventsSince {
  const { env } = useMoment()
  const { publisher, isKnown } = useSession()
  const [state, setState] = useState<Pick<EventsSince, 'events' | 'isComplete' | 'error'>>({
    events: [],
    isComplete: false,
  })
  const next = useRef<Place>({ from: { cursor: since }, isReading: false })
  const readOn = useCallback(() => {
    const { current } = next
    if (current.isReading) return
    current.isReading = true
    readPage({ env, publisher }, current.from, new AbortController().signal)
      .then(({ events, cursor, mark }) => {
        current.from = { cursor, mark: mark ?? undefined }
        const isComplete = events.length < PAGE
        setState((before) => ({ events: [...before.events, ...events], isComplete }))
      })
      .catch((error: unknown) => setState((before) => ({ ...before, error })))
      .finally(() => {
        current.isReading = false
      })
  }, [env, publisher])
  useEffect(() => {
    if (isKnown) readOn()
  }, [isKnown, readOn])
  const retry = () => {
    setState((before) => ({ ...before, error: undefined }))
    readOn()
  }
  return { ...state, readOn, retry }
}
