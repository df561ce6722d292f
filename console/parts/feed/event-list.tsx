import type { FeedEvent } from '../../data/feed/events.ts'
import { wordOf } from '../../model/feed/tell-events.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Time } from '../words/time.tsx'

/** Events, newest first. Who made them and why is for publishers. */
export function EventList({ events }: { events: readonly FeedEvent[] }) {
  return (
    <ol class="events">
      {events.map((event) => (
        <EventRow key={event.seq} event={event} />
      ))}
    </ol>
  )
}

function EventRow({ event }: { event: FeedEvent }) {
  const { seq, type, kind, id, version, releaseId, at, outcome } = event
  const isRefusal = type.endsWith('.validation_failed')
  return (
    <li class="event" data-seq={seq}>
      <span class="event-seq soft">{seq}</span>
      <span class={`event-what ${isRefusal ? 'is-danger' : ''} is-${outcome ?? ''}`}>
        {isRefusal ? 'refused' : (outcome ?? wordOf(type))}
      </span>
      <span class="event-name">
        <Link to={`/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`}>
          <Foreign text={id} />
        </Link>{' '}
        <span class="soft">
          <Foreign text={kind} />
          {version !== null && ` v${version}`}
        </span>
      </span>
      <Who event={event} />
      <span class="event-when soft">
        {releaseId ? (
          <Link to={`/releases/${releaseId}`}>
            <Time iso={at} />
          </Link>
        ) : (
          <Time iso={at} />
        )}
      </span>
    </li>
  )
}

function Who({ event: { origin, actor, reason } }: { event: FeedEvent }) {
  if (!actor) return <span class="event-who" />
  return (
    <span class="event-who soft">
      {origin} by <Foreign text={actor} />
      {reason && (
        <>
          {': '}
          <Foreign text={reason} />
        </>
      )}
    </span>
  )
}
