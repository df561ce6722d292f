import { useLocation, useSearch } from 'wouter-preact'
import { useMoment } from '../data/moment.ts'
import { type RunFilters, type RunSummary, STATES, useRuns } from '../data/runs.ts'
import { withQuery } from '../model/address/url-state.ts'
import { inEnv } from '../model/moves/shell-command.ts'
import { runCommand, stateWord, tellSteps } from '../model/runs/run-words.ts'
import { Chip } from '../parts/lists/chip.tsx'
import { Choice } from '../parts/lists/choice.tsx'
import { Older } from '../parts/lists/older.tsx'
import { RunState } from '../parts/runs/run-state.tsx'
import { RunsOnly } from '../parts/runs/runs-only.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Empty } from '../parts/states/empty.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Tag } from '../parts/words/tag.tsx'
import { Time } from '../parts/words/time.tsx'

/** What `nofx worker run` does in the folder of `nofx dev`, and did. */
export default function Runs() {
  return (
    <RunsOnly title="Runs">
      <RunList />
    </RunsOnly>
  )
}

function readFilters(search: string): RunFilters {
  const query = new URLSearchParams(search)
  return {
    state: STATES.find((state) => state === query.get('state')),
    template: query.get('template') ?? undefined,
    planId: query.get('planId') ?? undefined,
  }
}

function RunList() {
  const search = useSearch()
  const filters = readFilters(search)
  const list = useRuns(filters)
  const runs = list.data?.pages.flatMap(({ body }) => body.items)
  const problem = list.data?.pages[0]?.body.problem
  return (
    <div class="page">
      <div class="page-head">
        <Heading title="Runs" />
        <Filters filters={filters} search={search} />
      </div>
      {list.error && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {problem && (
        <p class="note is-danger" role="alert">
          <Foreign text={problem} />
        </p>
      )}
      {!runs ? (
        !list.error && <Skeleton />
      ) : runs.length > 0 ? (
        <RunRows runs={runs} />
      ) : (
        !list.hasNextPage && !problem && <Nothing filters={filters} />
      )}
      <Older list={list} what="runs" />
    </div>
  )
}

function Filters({ filters, search }: { filters: RunFilters; search: string }) {
  const [, navigate] = useLocation()
  const set = (name: string) => (value: string) => navigate(`/runs${withQuery(search, { [name]: value })}`)
  return (
    <div class="filters">
      <Choice
        label="State"
        value={filters.state ?? ''}
        options={[['', 'every state'], ...STATES.map((state) => [state, stateWord(state)] as const)]}
        choose={set('state')}
      />
      {filters.template && (
        <Chip name="template" value={filters.template} remove={() => set('template')('')} />
      )}
      {filters.planId && (
        <Chip name="plan" value={filters.planId.slice(0, 8)} remove={() => set('planId')('')} />
      )}
    </div>
  )
}

/** How a run is started: from a plan that was made, or one that is to be made. */
function Nothing({ filters: { state, template, planId } }: { filters: RunFilters }) {
  const { env } = useMoment()
  if (state !== undefined)
    return (
      <Empty>
        No run is in this state. <Link to="/runs">Show all</Link>
      </Empty>
    )
  return (
    <Empty
      command={
        planId === undefined
          ? `nofx worker run --plan <planId>${inEnv(env)} --runner <command>`
          : runCommand(planId, env)
      }
    >
      A run takes the steps of a plan with a runner, a command of your choice. Its steps stand here while it
      runs, and afterwards.{' '}
      {planId === undefined &&
        (template === undefined ? (
          <Link to="/plans">Choose a plan</Link>
        ) : (
          <Link to={`/templates/${template}/instantiate`}>Make a plan</Link>
        ))}
    </Empty>
  )
}

function RunRows({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <ol class="entries is-runs">
      {runs.map(({ runId, state, template, env, counts, unapproved, problem, startedAt }) => (
        <li key={runId}>
          <RunState state={state} />
          <span class="entry-main">
            <Link to={`/runs/${runId}`} class="entry-link" label={`Run ${runId}`}>
              <code>{runId}</code>
            </Link>{' '}
            {template && (
              <>
                <Foreign text={template.id} /> <span class="soft">v{template.version}</span>
              </>
            )}
            {env && <Tag tone="attention">{env}</Tag>}
          </span>
          <span class="entry-who soft">
            {problem ? <Foreign text={problem} /> : tellSteps(counts)}
            {unapproved.length > 0 && (
              <span class="is-attention">
                <Foreign text={unapproved.join(', ')} /> {unapproved.length === 1 ? 'waits' : 'wait'}
              </span>
            )}
          </span>
          <span class="entry-when soft">{startedAt && <Time iso={startedAt} />}</span>
        </li>
      ))}
    </ol>
  )
}
