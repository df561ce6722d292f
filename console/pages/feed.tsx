import { useSearch } from 'wouter-preact'
import { useFeed } from '../data/feed/feed.ts'
import { readMoment, readTime } from '../model/address/read-moment.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { EventList } from '../parts/feed/event-list.tsx'
import { FeedFilters, keepMatching } from '../parts/feed/feed-filters.tsx'
import { Replay } from '../parts/feed/replay.tsx'
import { useEarlier } from '../parts/feed/use-earlier.ts'
import { useHeld } from '../parts/feed/use-held.ts'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'

/** What changes in the registry: as it happens, or again from a number or a time on. */
export default function FeedPage() {
  const search = useSearch()
  const since = readTime(new URLSearchParams(search), 'since')
  const { env } = readMoment(search)
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Feed" />
        <FeedFilters isReplay={since !== undefined} />
      </div>
      {since === undefined ? <LiveFeed /> : <Replay key={since} since={since} />}
      {since === undefined && (
        <p class="page-foot">
          <Command text={buildCommand(['nofx', 'registry', 'watch'], { env })} />
        </p>
      )}
    </div>
  )
}

function LiveFeed() {
  const search = useSearch()
  const { events, state, heardAt, resets } = useFeed()
  const { shown, held, show } = useHeld(events)
  const earlier = useEarlier(events.at(-1)?.seq)
  const all = keepMatching([...shown, ...earlier.events], search)
  if (heardAt === undefined) return <Skeleton rows={8} />
  return (
    <>
      {held > 0 && (
        <button type="button" class="news" onClick={show}>
          {held.toLocaleString('en')} new, show
        </button>
      )}
      {resets > 0 && (
        <p class="note is-attention">
          Events were lost, because the registry no longer keeps them. Everything was read again.
        </p>
      )}
      {all.length > 0 ? (
        <EventList events={all} />
      ) : (
        <Empty>
          {state === 'live' ? 'What changes stands here as it happens.' : 'Nothing has changed yet.'}
        </Empty>
      )}
      {earlier.problem && <p class="soft note">{earlier.problem}</p>}
      {earlier.more && (
        <p class="actions">
          <button type="button" onClick={earlier.more}>
            Show earlier events
          </button>
        </p>
      )}
    </>
  )
}
