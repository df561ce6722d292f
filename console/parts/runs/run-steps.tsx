import type { Run, RunStep, RunTask } from '../../data/runs.ts'
import { type Axis, makeAxis, type Span } from '../../model/runs/run-axis.ts'
import { isGoing, tellDuration, toneOf } from '../../model/runs/run-words.ts'
import { Digest } from '../words/digest.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { RunState } from './run-state.tsx'

type Attempt = RunTask['attempts'][number]

/** The time of an attempt; one without an end goes on until now, or ended when the run's last line was written. */
function spanOf({ startedAt, endedAt }: Attempt, until: number): Span | undefined {
  if (startedAt === null) return undefined
  const from = Date.parse(startedAt)
  return { from, to: endedAt === null ? Math.max(from, until) : Date.parse(endedAt) }
}

/** The steps of a run, in the order of the plan, and what was undone; each with its time on one axis. */
export function RunSteps({ run, asOf }: { run: Run; asOf: number }) {
  const { steps, rollback, state, updatedAt, env } = run
  if (steps.length === 0) return null
  const until = isGoing(state) ? asOf : Date.parse(updatedAt ?? '')
  const spans = [...steps, ...rollback].flatMap(({ attempts }) =>
    attempts.flatMap((attempt) => spanOf(attempt, until) ?? []),
  )
  const line = { axis: makeAxis(spans), until, env }
  return (
    <>
      <section class="part">
        <div class="part-head">
          <h2>
            Steps <span class="soft count">{steps.length}</span>
          </h2>
          {line.axis && <AxisNote axis={line.axis} />}
        </div>
        <ol class="entries is-run-steps">
          {steps.map((step) => (
            <Task key={step.id} task={step} step={step} line={line} />
          ))}
        </ol>
      </section>
      {rollback.length > 0 && (
        <section class="part">
          <h2>
            Undone <span class="soft count">{rollback.length}</span>
          </h2>
          <ol class="entries is-run-steps">
            {rollback.map((task) => (
              <Task key={task.id} task={task} line={line} />
            ))}
          </ol>
        </section>
      )}
    </>
  )
}

interface Line {
  axis: Axis | undefined
  until: number
  env: string | null
}

/** How long it took, and what of that the line leaves out. */
function AxisNote({ axis: { from, to, pauses } }: { axis: Axis }) {
  const waited = pauses.reduce((sum, { ms }) => sum + ms, 0)
  return (
    <span class="soft">
      in {tellDuration(to - from - waited)}
      {waited > 0 && `, and ${tellDuration(waited)} in which no step ran`}
    </span>
  )
}

function Task({ task, step, line }: { task: RunTask; step?: RunStep; line: Line }) {
  const { id, state, ms, error } = task
  return (
    <li>
      <span class="entry-main">
        <code class="run-step">
          <Foreign text={id} />
        </code>
        {step && step.name !== id && (
          <>
            {' '}
            <Foreign text={step.name} />
          </>
        )}
      </span>
      <RunState state={state} />
      <Bar task={task} line={line} />
      <span class="entry-when soft">{ms > 0 && tellDuration(ms)}</span>
      <Agent task={task} step={step} env={line.env} />
      {error && (
        <p class="run-more is-danger">
          <Foreign text={error} />
        </p>
      )}
      {step && step.outputs.length > 0 && <Outputs step={step} />}
    </li>
  )
}

/** Who takes a step, at which version, and what is special about it. */
function Agent({ task: { agent, tries }, step, env }: { task: RunTask; step?: RunStep; env: string | null }) {
  const inside = env === null ? '' : `?env=${encodeURIComponent(env)}`
  return (
    <span class="run-agent soft">
      {agent ? (
        <span>
          <Link to={`/agents/${agent.id}${inside}`}>
            <Foreign text={agent.id} />
          </Link>{' '}
          v{agent.version} <Digest value={agent.digest} label={`the digest of ${agent.id}`} />
        </span>
      ) : (
        <span>agent unknown</span>
      )}
      {notesOf(tries, step).map((note) => (
        <Foreign key={note} text={note} />
      ))}
    </span>
  )
}

function notesOf(tries: number, step: RunStep | undefined): string[] {
  return [
    ...(step && step.dependsOn.length > 0 ? [`after ${step.dependsOn.join(' and ')}`] : []),
    ...(step?.sideEffects === 'irreversible' ? ['irreversible'] : []),
    ...(tries > 1 ? [`${tries} attempts`] : []),
  ]
}

/** The attempts of a step as bars; the row says the same in words. */
function Bar({ task: { attempts }, line: { axis, until } }: { task: RunTask; line: Line }) {
  if (!axis) return <span class="run-bar" />
  return (
    <svg class="run-bar" aria-hidden="true">
      {axis.pauses.map(({ place }) => (
        <line key={place} class="run-pause" x1={`${100 * place}%`} x2={`${100 * place}%`} y1="0" y2="20" />
      ))}
      {attempts.map((attempt) => {
        const span = spanOf(attempt, until)
        if (!span) return null
        const from = 100 * axis.place(span.from)
        const width = Math.max(0.6, 100 * axis.place(span.to) - from)
        return (
          <rect
            key={attempt.startedAt}
            class={`is-${toneOf(attempt.result)}`}
            x={`${Math.min(from, 99.4)}%`}
            width={`${width}%`}
            y="5"
            height="10"
            rx="2"
          />
        )
      })}
    </svg>
  )
}

function Outputs({ step: { id, outputs } }: { step: RunStep }) {
  return (
    <details class="deep run-more">
      <summary class="soft">
        {outputs.length === 1 ? '1 output' : `${outputs.length} outputs`}
        <span class="visually-hidden"> of {id}</span>
      </summary>
      <dl class="fields">
        {outputs.map(({ name, text, length }) => (
          <div key={name} class="field">
            <dt>
              <code class="field-name">
                <Foreign text={name} />
              </code>
            </dt>
            <dd>
              <Foreign text={text} />
              {length > text.length && (
                <span class="soft"> … {(length - text.length).toLocaleString('en')} further characters</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
