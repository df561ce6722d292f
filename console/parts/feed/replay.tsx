import { useEffect, useState } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { readMoment } from '../../model/address/read-moment.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { buildCommand } from '../../model/moves/shell-command.ts'
import { ProblemView } from '../states/problem.tsx'
import { Skeleton } from '../states/skeleton.tsx'
import { Command } from '../words/copy.tsx'
import { EventList } from './event-list.tsx'
import { keepMatching } from './feed-filters.tsx'
import { useEventsSince } from './use-events-since.ts'

/** Events a second. */
const SPEEDS = [1, 5, 20]

/** The events after a number or a time once more, one by one or played. */
export function Replay({ since }: { since: string }) {
  const search = useSearch()
  const { events, error, retry, isComplete, readOn } = useEventsSince(since)
  const all = keepMatching(events, search)
  const player = usePlayer(all.length)
  const needsMore = player.place >= all.length && !isComplete
  useEffect(() => {
    if (needsMore) readOn()
  }, [needsMore, events.length, readOn])
  if (error)
    return (
      <>
        <div class="replay">
          <Start since={since} />
        </div>
        <ProblemView error={error} retry={retry} />
      </>
    )
  if (events.length === 0 && !isComplete) return <Skeleton rows={8} />
  return (
    <>
      <Controls player={player} since={since} total={all.length} isComplete={isComplete} />
      {player.place === 0 && all.length > 0 && (
        <p class="soft note">Each step shows the next event, newest on top.</p>
      )}
      <EventList events={all.slice(0, player.place).reverse()} />
      <p class="page-foot">
        <Command text={commandOf(since, events[0]?.seq, readMoment(search).env)} />
      </p>
    </>
  )
}

/** The same in a terminal, where events are named by their number. */
const commandOf = (since: string, first: number | undefined, env: string | undefined) => {
  const after = /^\d+$/.test(since) ? since : first && String(first - 1)
  return buildCommand(['nofx', 'registry', 'watch'], { since: after || undefined, env })
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
  since: string
  total: number
  isComplete: boolean
}

function Controls({ player, since, total, isComplete }: ControlsProps) {
  const { place, speed, isPlaying, setSpeed, setPlaying, step } = player
  const isAtEnd = place >= total && isComplete
  return (
    <div class="replay">
      <Start since={since} />
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

/** Takes the number of an event or a time with its zone; whether it is one is for the server to say. */
function Start({ since }: { since: string }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const start = (text: string) => navigate(path + withQuery(search, { since: text || '0' }))
  return (
    <label class="soft">
      after{' '}
      <input
        type="text"
        class="replay-start"
        spellcheck={false}
        autocomplete="off"
        aria-label="Event or time to start after"
        title="The number of an event, or a time such as 2026-11-01T10:00+01:00 or 2026-11-01"
        defaultValue={since}
        onChange={({ currentTarget }) => start(currentTarget.value.trim())}
      />
    </label>
  )
}
