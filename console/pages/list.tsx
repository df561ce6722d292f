import { useParams, useSearch } from 'wouter-preact'
import { useListNews } from '../data/list-news.ts'
import { type Moment, useMoment } from '../data/moment.ts'
import { type Filters, useDefinitions } from '../data/queries.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionRows } from '../parts/lists/definition-rows.tsx'
import { FILTERS, FilterBar } from '../parts/lists/filter-bar.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Link } from '../parts/words/link.tsx'

/** The filters of the address. In the past nothing waits and nothing is held. */
function readFilters(query: URLSearchParams, { env, at }: Moment): Filters {
  const names = [...FILTERS, 'sort'] as const
  const own = Object.fromEntries(names.map((name) => [name, query.get(name) ?? undefined]))
  return { ...own, env, at, ...(at !== undefined && { waiting: undefined, held: undefined }) }
}

/** The definitions of a kind. */
export default function List() {
  const { kind = '' } = useParams<{ kind: string }>()
  const search = useSearch()
  const query = new URLSearchParams(search)
  const filters = readFilters(query, useMoment())
  const list = useDefinitions(kind, filters)
  const news = useListNews(kind, filters, list.data?.pages[0])
  const rows = list.data?.pages.flatMap(({ body }) => body.items) ?? []
  const total = list.data?.pages[0]?.body.total ?? rows.length
  const more = list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined
  return (
    <div class="page is-wide">
      <div class="page-head">
        <Heading title={kind.charAt(0).toUpperCase() + kind.slice(1)} />
        {list.data && <span class="soft total">{total.toLocaleString('en')}</span>}
        <FilterBar kind={kind} search={search} />
      </div>
      {news.waiting.size > 0 && (
        <button type="button" class="news" onClick={news.show}>
          {news.waiting.size.toLocaleString('en')} moved, show
        </button>
      )}
      {list.error && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {rows.length > 0 ? (
        <DefinitionRows kind={kind} rows={rows} total={total} more={more} moved={news.moved} />
      ) : list.isPending ? (
        !list.error && <Skeleton rows={8} />
      ) : (
        <Nothing kind={kind} isFiltered={FILTERS.some((name) => query.has(name))} env={filters.env} />
      )}
      {/* Another element for another list: it is not moved from where it stood below more rows. */}
      <p class="page-foot" key={`${search} ${list.isPlaceholderData}`}>
        <Command text={commandOf(kind, filters)} />
      </p>
    </div>
  )
}

interface NothingProps {
  kind: string
  isFiltered: boolean
  env: string | undefined
}

function Nothing({ kind, isFiltered, env }: NothingProps) {
  return isFiltered ? (
    <Empty>
      No {kind} match these filters. <Link to={`/${kind}`}>Show all</Link>
    </Empty>
  ) : (
    <Empty command={buildCommand(['nofx', 'registry', 'publish', kind], { env })}>
      Published {kind} stand here.
    </Empty>
  )
}

/** The flags of the command that prints the same list. */
const FLAGS = {
  ...{ status: 'state', tag: 'tag', skill: 'provides', category: 'category', owner: 'owner' },
  ...{ search: 'search', env: 'env' },
} as const

function commandOf(kind: string, filters: Filters): string {
  if (filters.at) return buildCommand(['nofx', 'registry', 'history', kind], { at: filters.at })
  const flags = Object.entries(FLAGS).map(
    ([name, flag]) => [flag, filters[name as keyof typeof FLAGS]] as const,
  )
  const marks = { waiting: filters.waiting === 'true', held: filters.held === 'true' }
  return buildCommand(['nofx', 'registry', 'list', kind], { ...Object.fromEntries(flags), ...marks })
}
