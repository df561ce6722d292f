import { useLocation, useSearch } from 'wouter-preact'
import { type MadePlan, type PlanFilters, usePlans } from '../data/operations.ts'
import { withQuery } from '../model/address/url-state.ts'
import { inEnv } from '../model/moves/shell-command.ts'
import { Chip } from '../parts/lists/chip.tsx'
import { Older } from '../parts/lists/older.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** The plans that were made from templates. */
export default function Plans() {
  return (
    <PublishersOnly title="Plans" what="The plans that were made are shown to publishers.">
      <PlanList />
    </PublishersOnly>
  )
}

const FILTERS = ['kind', 'id', 'actor'] as const

function PlanList() {
  const [, navigate] = useLocation()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const filters: PlanFilters = Object.fromEntries(
    [...FILTERS, 'env'].map((name) => [name, query.get(name) ?? undefined]),
  )
  const list = usePlans(filters)
  const plans = list.data?.pages.flatMap(({ body }) => body.items)
  const asked = FILTERS.filter((name) => query.has(name))
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Plans" />
        <div class="filters">
          {asked.map((name) => (
            <Chip
              key={name}
              name={name}
              value={query.get(name) ?? ''}
              remove={() => navigate(`/plans${withQuery(search, { [name]: undefined })}`)}
            />
          ))}
        </div>
      </div>
      {list.error && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {!plans ? (
        !list.error && <Skeleton />
      ) : plans.length > 0 ? (
        <PlanRows plans={plans} />
      ) : (
        <Nothing isFiltered={asked.length > 0} env={filters.env} />
      )}
      <Older list={list} what="plans" />
    </div>
  )
}

function Nothing({ isFiltered, env }: { isFiltered: boolean; env: string | undefined }) {
  return isFiltered ? (
    <Empty>
      No plan matches these filters. <Link to="/plans">Show all</Link>
    </Empty>
  ) : (
    <Empty command={`nofx templates instantiate <template>${inEnv(env)}`}>
      A plan is a template with its parameters, locked to the versions that were live. Plans that are made
      stand here.
    </Empty>
  )
}

function PlanRows({ plans }: { plans: readonly MadePlan[] }) {
  return (
    <ol class="entries is-plans">
      {plans.map(({ planId, kind, id, version, actor, createdAt }) => (
        <li key={planId}>
          <span>
            <Link to={`/plans/${planId}`} class="entry-link" label={`Plan ${planId.slice(0, 8)}`}>
              <code>{planId.slice(0, 8)}</code>
            </Link>
          </span>
          <span class="entry-main">
            <Foreign text={id} /> <span class="soft">v{version}</span>
            {kind !== 'templates' && <span class="soft"> {kind}</span>}
          </span>
          <span class="entry-who soft">
            <Foreign text={actor} />
          </span>
          <span class="entry-when soft">
            <Time iso={createdAt} />
          </span>
        </li>
      ))}
    </ol>
  )
}
