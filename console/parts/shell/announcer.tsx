import { useEffect, useState } from 'preact/hooks'
import type { FeedEvent } from '../../data/feed/events.ts'
import { onNews } from '../../data/feed/feed.ts'
import { tellEvents } from '../../model/feed/tell-events.ts'

/** The shortest time between two sentences, in ms: a release of a hundred definitions is one of them. */
const REST = 5_000

/** Tells screen readers what changes in the registry, without interrupting them. */
export function Announcer() {
  const [sentence, setSentence] = useState('')
  useEffect(() => {
    let waiting: FeedEvent[] = []
    let rest: ReturnType<typeof setTimeout> | undefined
    const tell = () => {
      rest = undefined
      if (waiting.length === 0) return
      setSentence(tellEvents(waiting))
      waiting = []
      rest = setTimeout(tell, REST)
    }
    const leave = onNews((events, age) => {
      if (age !== 'news') return
      waiting = [...waiting, ...events]
      if (rest === undefined) tell()
    })
    return () => {
      leave()
      clearTimeout(rest)
    }
  }, [])
  return (
    <div class="visually-hidden announcer" role="status">
      {sentence}
    </div>
  )
}
