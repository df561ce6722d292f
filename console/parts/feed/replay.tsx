import { useEffect, useState } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { withQuery } from '../../model/url-state.ts'
import { ProblemView } from '../states/problem.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { EventList } from './event-list.tsx'
import { keepMatching } from './feed-filters.tsx'
import { useEventsSince } from './use-events-since.ts'

/** Events a second. */
const SPEEDS = [1, 5, 20]

/** The events after a number once more, one by one or played. */
export function Replay({ since }: { since: number }) {
  const search = useSearch()
  const { events, error, retry, isComplete, readOn } = useEventsSince(since)
  const all = keepMatching(events, search)
  const player = usePlayer(all.length)
  const needsMore = player.place >= all.length && !isComplete
  useEffect(() => {
    if (needsMore) readOn()
  }, [needsMore, events.length, readOn])
  if (error) return <ProblemView error={error} retry={retry} />
  if (events.length === 0 && !isComplete) return <Skeleton rows={8} />
  return (
    <>
      <Controls player={player} since={since} total={all.length} isComplete={isComplete} />
      {player.place === 0 && all.length > 0 && (
        <p class="soft note">Each step shows the next event, newest on top.</p>
      )}
      <EventList events={all.slice(0, player.place).reverse()} />
    </>
  )
}

/** How far a replay is, and how fast it goes on. */
function usePlayer(total: number) {
  const [place, setPlace] = useState(0)
  const [speed, setSpeed] = useState(SPEEDS[0] ?? 1)
  const [isPlaying, setPlaying] = useState(false)
  useEffect(() => {
    if (!isPlaying || place >= total) return undefined
    const timer = setTimeout(() => setPlace(place + 1), 1000 / speed)
    return () => clearTimeout(timer)
  }, [isPlaying, place, total, speed])
  return { place, speed, isPlaying, setSpeed, setPlaying, step: () => setPlace(Math.min(total, place + 1)) }
}

interface ControlsProps {
  player: ReturnType<typeof usePlayer>
  since: number
  total: number
  isComplete: boolean
}

function Controls({ player, since, total, isComplete }: ControlsProps) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const { place, speed, isPlaying, setSpeed, setPlaying, step } = player
  const isAtEnd = place >= total && isComplete
  return (
    <div class="replay">
      <StartField since={since} start={(text) => navigate(path + withQuery(search, { since: text }))} />
      <button type="button" disabled={isAtEnd} onClick={step}>
        Step
      </button>
      <button type="button" disabled={isAtEnd} onClick={() => setPlaying(!isPlaying)}>
        {isPlaying && !isAtEnd ? 'Pause' : 'Play'}
      </button>
      <label class="soft">
        <select value={speed} onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}>
          {SPEEDS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>{' '}
        a second
      </label>
      <span class="soft" role="status">
        {isAtEnd ? 'at the end' : `${place.toLocaleString('en')} of ${total.toLocaleString('en')}`}
        {!isAtEnd && !isComplete && ' and more'}
      </span>
    </div>
  )
}

function StartField({ since, start }: { since: number; start: (text: string) => void }) {
  return (
    <label class="soft">
      after event{' '}
      <input
        type="number"
        min={0}
        class="replay-start"
        defaultValue={String(since)}
        onChange={({ currentTarget }) => {
          if (/^\d{1,15}$/.test(currentTarget.value)) start(currentTarget.value)
        }}
      />
    </label>
  )
}
