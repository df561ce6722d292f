import { useState } from 'preact/hooks'
import { type FeedEvent, PAGE, readPage } from '../../data/feed/events.ts'
import { useMoment } from '../../data/moment.ts'
import { Problem } from '../../data/problem.ts'
import { useSession } from '../../data/session.ts'

/** Events before the ones that are shown, newest first. */
export function useEarlier(first: number | undefined): {
  events: readonly FeedEvent[]
  problem?: string
  /** Reads more of them; absent at the beginning of the feed. */
  more?: () => void
} {
  const { env } = useMoment()
  const { publisher } = useSession()
  const [events, setEvents] = useState<readonly FeedEvent[]>([])
  const [from, setFrom] = useState<number>()
  const [problem, setProblem] = useState<string>()
  const end = from ?? (first === undefined ? 0 : first - 1)
  const read = async () => {
    const cursor = Math.max(0, end - PAGE)
    try {
      const page = await readPage({ env, publisher }, { cursor }, new AbortController().signal)
      const older = page.events.filter(({ seq }) => seq <= end).reverse()
      setEvents([...events, ...older])
      setFrom(cursor)
    } catch (error) {
      const isGone = error instanceof Problem && error.status === 410
      setProblem(isGone ? 'Earlier events are no longer kept.' : String(error))
      if (isGone) setFrom(0)
    }
  }
  return { events, problem, more: end > 0 ? () => void read() : undefined }
}
