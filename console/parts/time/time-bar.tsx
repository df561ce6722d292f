import { useEffect, useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { useMoment } from '../../data/moment.ts'
import type { Release } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { useTimeline } from '../../data/timeline.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { momentAt, placeOf } from '../../model/time/timeline.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { tellExactly } from './tell-exactly.ts'
import { TimeField } from './time-field.tsx'

/** The bar of the past: when the page is, who moved what there, and the way to other moments and back to now. */
export default function TimeBar() {
  const { at = '' } = useMoment()
  const { ticks, hasEarlier, loadEarlier } = useTimeline(at)
  const go = useGo()
  const { publisher } = useSession()
  const place = placeOf(ticks, at)
  return (
    <section class="time-bar" aria-label="The past">
      <p class="time-line">
        <strong>The past</strong>
        <time dateTime={at} class="time-exact">
          {tellExactly(at)}
        </time>
        {publisher ? <LastMove release={ticks[place]} /> : <span>is shown to publishers alone</span>}
      </p>
      <div class="time-controls">
        <TimeField key={at} at={at} go={go} />
        <button type="button" onClick={() => go(undefined)}>
          Return to now
        </button>
      </div>
      {ticks.length > 0 && <Track ticks={ticks} place={place} go={go} />}
      {hasEarlier && (
        <button type="button" class="quiet time-earlier" onClick={loadEarlier}>
          Earlier releases
        </button>
      )}
    </section>
  )
}

/** Shows the same page at another moment. */
function useGo(): (at: string | undefined) => void {
  const [path, navigate] = useLocation()
  const search = useSearch()
  return (at) => {
    navigate(path + withQuery(search, { at }), { replace: at !== undefined })
    // The bar ends with the past, and the focus must not end with it.
    if (at === undefined) document.querySelector<HTMLElement>('.time-toggle')?.focus()
  }
}

interface TrackProps {
  ticks: readonly Release[]
  place: number
  go: (at: string | undefined) => void
}

/** A tick for each release; the arrow keys go from one to the next, and the last place is now. */
function Track({ ticks, place, go }: TrackProps) {
  const slider = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The button that opened the bar leads on to its slider.
    if (document.activeElement?.matches('.time-toggle')) slider.current?.focus()
  }, [])
  const release = ticks[place]
  return (
    <div class="time-track">
      <svg class="time-ticks" aria-hidden="true">
        {ticks.map(({ id, origin }, index) => (
          <line
            key={id}
            class={`tick is-${origin} ${index === place ? 'is-here' : ''}`}
            x1={`${(100 * (index + 1)) / (ticks.length + 1)}%`}
            x2={`${(100 * (index + 1)) / (ticks.length + 1)}%`}
            y1="4"
            y2="20"
          />
        ))}
      </svg>
      <input
        ref={slider}
        type="range"
        min={-1}
        max={ticks.length}
        value={place}
        aria-label="Release"
        aria-valuetext={
          release ? `${tellExactly(release.createdAt)}, ${release.origin}` : 'before all of these'
        }
        onInput={({ currentTarget }) => {
          const next = Math.max(0, Number(currentTarget.value))
          currentTarget.value = String(next)
          if (next !== place) go(momentAt(ticks, next))
        }}
      />
    </div>
  )
}

/** Definitions that are named; the others are counted. */
const NAMED = 2

function LastMove({ release }: { release?: Release }) {
  if (!release) return <span class="soft">nothing had moved by then</span>
  const moved = release.outcomes.filter(({ outcome }) => outcome !== 'unchanged')
  const names = moved.slice(0, NAMED).map(({ id }) => id)
  return (
    <span class="time-move">
      <Link to={`/releases/${release.id}`}>{release.origin}</Link> of <Foreign text={names.join(', ')} />
      {moved.length > NAMED && ` and ${moved.length - NAMED} more`} by <Foreign text={release.actor} />
      {release.reason && (
        <>
          {': '}
          <Foreign text={release.reason} />
        </>
      )}
    </span>
  )
}
