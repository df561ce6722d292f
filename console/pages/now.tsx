import { useCountsThen } from '../data/counts-then.ts'
import { type Moment, useMoment } from '../data/moment.ts'
import { useDefinitions, useKinds, useReleases } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { plural } from '../model/texts/plural.ts'
import { NamedRow } from '../parts/lists/named-row.tsx'
import { ReleaseList, ReleasesCommand } from '../parts/lists/release-list.tsx'
import { WaitingDrafts } from '../parts/moves/waiting-drafts.tsx'
import { Trouble } from '../parts/operations/trouble.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** Newest definitions that readers see of each kind. */
const NEWEST = 8

/** What is live now, what waits, and what moved last. */
export default function Now() {
  const moment = useMoment()
  const { env, isPast } = moment
  const { isKnown, publisher } = useSession()
  const kinds = useKinds(moment)
  const items = kinds.data?.body.items
  if (!items)
    return (
      <div class="page">
        <Heading title="Now" />
        {kinds.error ? <ProblemView error={kinds.error} retry={() => kinds.refetch()} /> : <Skeleton />}
      </div>
    )
  if (isPast) return <Past kinds={items.map(({ id }) => id)} moment={moment} />
  const isEmpty = items.every(({ counts }) => Object.values(counts).every((count) => count === 0))
  // One more request at the first load, and not one for each kind.
  const first = items.find(({ counts }) => counts.active > 0)
  return (
    <div class="page">
      <Heading title="Now" />
      {kinds.error && <ProblemView error={kinds.error} retry={() => kinds.refetch()} />}
      <div class="counts">
        {items.map(({ id, counts }) => (
          <Counts key={id} kind={id} counts={counts} />
        ))}
      </div>
      {isEmpty && (
        <Empty command={buildCommand(['nofx', 'registry', 'publish'], { env })}>
          What is published stands here.
        </Empty>
      )}
      {publisher && <Trouble env={env} kinds={items} />}
      {publisher &&
        items
          .filter(({ counts }) => counts.waiting)
          .map(({ id, counts }) => (
            <WaitingDrafts key={id} kind={id} count={counts.waiting ?? 0} env={env} />
          ))}
      {publisher && !isEmpty && <LastReleases moment={moment} />}
      {publisher && !isEmpty && <ReleasesCommand />}
      {isKnown && !publisher && first && <Newest kind={first.id} env={env} />}
    </div>
  )
}

/** Statuses that are named beside the number of live definitions, if there are any. */
const OTHERS = ['deprecated', 'draft', 'disabled', 'removed'] as const

function Counts({ kind, counts }: { kind: string; counts: Readonly<Record<string, number | undefined>> }) {
  return (
    <section class="count-of-kind" aria-label={kind}>
      <Link to={`/${kind}`}>
        <strong>{(counts.active ?? 0).toLocaleString('en')}</strong> active {kind}
      </Link>
      <span class="count-others">
        {OTHERS.filter((status) => counts[status]).map((status) => (
          <Link key={status} to={`/${kind}?status=${status}`}>
            {counts[status]} {status}
          </Link>
        ))}
        {counts.waiting ? (
          <Link to={`/${kind}?waiting=true`} class="is-attention">
            {plural(counts.waiting, 'draft waits', 'drafts wait')}
          </Link>
        ) : null}
      </span>
    </section>
  )
}

/** How much was live then, and what had moved last. */
function Past({ kinds, moment }: { kinds: readonly string[]; moment: Moment }) {
  const { data, error, refetch, isPlaceholderData } = useCountsThen(kinds, moment)
  return (
    <div class={isPlaceholderData ? 'page is-behind' : 'page'}>
      <Heading title="Then" />
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <div class="counts">
        {data?.map(({ kind, count }) => (
          <section key={kind} class="count-of-kind" aria-label={kind}>
            <Link to={`/${kind}`}>
              <strong>{count.toLocaleString('en')}</strong> live {kind}
            </Link>
          </section>
        ))}
      </div>
      {!error && <LastReleases moment={moment} />}
    </div>
  )
}

function LastReleases({ moment }: { moment: Moment }) {
  const releases = useReleases(10, moment)
  return (
    <section class="part">
      <h2>Last releases</h2>
      {releases.error && <ProblemView error={releases.error} retry={() => releases.refetch()} />}
      {releases.data ? (
        <ReleaseList releases={releases.data.pages.flatMap(({ body }) => body.items).slice(0, 10)} />
      ) : (
        !releases.error && <Skeleton />
      )}
    </section>
  )
}

/** What changed last, for readers: who moved it and why is for publishers. */
function Newest({ kind, env }: { kind: string; env?: string }) {
  const { data, error, refetch } = useDefinitions(kind, { env, sort: '-updatedAt' }, NEWEST)
  const rows = data?.pages[0]?.body.items
  return (
    <section class="part">
      <h2>Newest {kind}</h2>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <ul class="newest">
        {rows?.map(({ id, name, version, updatedAt }) => (
          <NamedRow key={id} kind={kind} id={id} name={name}>
            <span>{version === null ? '' : `v${version}`}</span>
            <span class="soft">
              <Time iso={updatedAt} />
            </span>
          </NamedRow>
        ))}
      </ul>
    </section>
  )
}
