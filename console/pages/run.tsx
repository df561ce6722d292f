import { useParams } from 'wouter-preact'
import { type Run as ReadRun, SOON, useRun } from '../data/runs.ts'
import { commandOf, hasEnded, isGoing, tellSteps } from '../model/runs/run-words.ts'
import { RunState } from '../parts/runs/run-state.tsx'
import { RunSteps } from '../parts/runs/run-steps.tsx'
import { RunsOnly } from '../parts/runs/runs-only.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Digest } from '../parts/words/digest.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** One run: its steps on a time line, who takes them, and what waits for a person. */
export default function Run() {
  const { runId = '' } = useParams<{ runId: string }>()
  return (
    <RunsOnly title={`Run ${runId.slice(0, 12)}`}>
      <ShownRun key={runId} runId={runId} />
    </RunsOnly>
  )
}

function ShownRun({ runId }: { runId: string }) {
  const { data, error, refetch } = useRun(runId)
  const title = `Run ${runId.slice(0, 12)}`
  if (!data) return <Pending title={title} error={error} retry={() => refetch()} />
  const run = data.body
  return (
    <div class={error ? 'page is-behind' : 'page'}>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <Heading title={title} />
      <RunHead run={run} />
      {run.problem && (
        <p class="note is-danger" role="alert">
          <Foreign text={run.problem} />
          {run.steps.length > 0 && '. What is known before that stands below.'}
        </p>
      )}
      <NextMove run={run} />
      <RunSteps run={run} asOf={data.asOf} />
      {run.secrets.length > 0 && (
        <p class="note soft">
          The worker needs the secrets <Foreign text={run.secrets.join(', ')} />
        </p>
      )}
    </div>
  )
}

function RunHead({ run }: { run: ReadRun }) {
  const { state, startedAt, updatedAt, counts } = run
  return (
    <p class="line">
      <span role="status">
        <RunState state={state} />
      </span>
      <Source run={run} />
      {Object.keys(counts).length > 0 && <span>{tellSteps(counts)}</span>}
      {startedAt && (
        <span class="soft">
          started <Time iso={startedAt} />
        </span>
      )}
      {isGoing(state) ? (
        <span class="soft">read again every {SOON / 1000} s</span>
      ) : (
        updatedAt && (
          <span class="soft">
            {hasEnded(state) ? 'ended' : 'stopped'} <Time iso={updatedAt} />
          </span>
        )
      )}
    </p>
  )
}

/** The plan of a run, and the template that it was made from. */
function Source({ run: { template, planId, env } }: { run: ReadRun }) {
  const inside = env === null ? '' : `?env=${encodeURIComponent(env)}`
  return (
    <>
      {template && (
        <span>
          of{' '}
          <Link to={`/${template.kind}/${template.id}${inside}`}>
            <Foreign text={template.id} />
          </Link>{' '}
          <span class="soft">v{template.version}</span>{' '}
          <Digest value={template.digest} label="the template’s digest" />
        </span>
      )}
      {planId && (
        <span>
          plan{' '}
          <Link to={`/plans/${planId}${inside}`}>
            <code>{planId.slice(0, 8)}</code>
          </Link>
          {env !== null && (
            <>
              {' of the preview '}
              <Foreign text={env} />
            </>
          )}
        </span>
      )}
    </>
  )
}

/** What a person does next, with the command. */
function NextMove({ run }: { run: ReadRun }) {
  const command = commandOf(run)
  const { unapproved, state } = run
  const isAsking = unapproved.length > 0 && isGoing(state)
  if (command === undefined && !isAsking) return null
  return (
    <div class={`run-next ${unapproved.length > 0 || state === 'interrupted' ? 'is-waiting' : ''}`}>
      <p>
        {unapproved.length > 0 && (
          <>
            <strong>
              <Foreign text={unapproved.join(', ')} />
            </strong>{' '}
            {unapproved.length === 1 ? 'waits' : 'wait'} for a person’s approval
            {isAsking ? ': answer in the terminal of the run. Without one, the run pauses.' : '.'}
          </>
        )}
        {state === 'interrupted' && ' No process executes this run. Steps that were interrupted begin again.'}
        {unapproved.length === 0 && state !== 'interrupted' && 'Run the same plan again:'}
      </p>
      {command && <Command text={command} />}
    </div>
  )
}
