import { useLocation, useSearch } from 'wouter-preact'
import { type ReportFilters, useReports } from '../data/operations.ts'
import { withQuery } from '../model/address/url-state.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { Chip } from '../parts/lists/chip.tsx'
import { Choice } from '../parts/lists/choice.tsx'
import { Older } from '../parts/lists/older.tsx'
import { ReportRows } from '../parts/operations/report-rows.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Link } from '../parts/words/link.tsx'

/** What validations and publishes found. */
export default function Reports() {
  return (
    <PublishersOnly title="Reports" what="What validations and publishes found is shown to publishers.">
      <ReportList />
    </PublishersOnly>
  )
}

const VERDICTS = ['accepted', 'refused'] as const
const ORIGINS = ['publish', 'validate'] as const

function readFilters(search: string): ReportFilters {
  const query = new URLSearchParams(search)
  const pullRequest = Number(query.get('pullRequest'))
  return {
    verdict: VERDICTS.find((one) => one === query.get('verdict')),
    origin: ORIGINS.find((one) => one === query.get('origin')),
    pullRequest: pullRequest > 0 ? pullRequest : undefined,
    env: query.get('env') ?? undefined,
  }
}

function ReportList() {
  const search = useSearch()
  const filters = readFilters(search)
  const list = useReports(filters)
  const reports = list.data?.pages.flatMap(({ body }) => body.items)
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Reports" />
        <Filters filters={filters} search={search} />
      </div>
      {list.error && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {!reports ? (
        !list.error && <Skeleton />
      ) : reports.length > 0 ? (
        <ReportRows reports={reports} />
      ) : (
        <Nothing
          isFiltered={Object.keys(filters).some(
            (name) => name !== 'env' && filters[name as keyof ReportFilters],
          )}
        />
      )}
      <Older list={list} what="reports" />
      <p class="page-foot">
        <Command
          text={buildCommand(['nofx', 'reports', 'list'], { verdict: filters.verdict, env: filters.env })}
        />
      </p>
    </div>
  )
}

function Filters({ filters, search }: { filters: ReportFilters; search: string }) {
  const [, navigate] = useLocation()
  const set = (name: string) => (value: string) => navigate(`/reports${withQuery(search, { [name]: value })}`)
  return (
    <div class="filters">
      <Choice
        label="Verdict"
        value={filters.verdict ?? ''}
        options={[['', 'every verdict'], ...VERDICTS.map((one) => [one, one] as const)]}
        choose={set('verdict')}
      />
      <Choice
        label="Origin"
        value={filters.origin ?? ''}
        options={[['', 'every origin'], ...ORIGINS.map((one) => [one, one] as const)]}
        choose={set('origin')}
      />
      {filters.pullRequest && (
        <Chip name="pull request" value={`#${filters.pullRequest}`} remove={() => set('pullRequest')('')} />
      )}
    </div>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Empty>
      No report matches these filters. <Link to="/reports">Show all</Link>
    </Empty>
  ) : (
    <Empty command="nofx validate --report">What a validation or a publish finds stands here.</Empty>
  )
}
