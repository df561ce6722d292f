import type { Making, Trial } from '../../data/instantiate.ts'
import { Problem } from '../../data/problem.ts'
import { plural } from '../../model/texts/plural.ts'
import { ProblemView } from '../states/problem.tsx'
import { Link } from '../words/link.tsx'
import { Time } from '../words/time.tsx'
import { DocumentView } from './document-view.tsx'

interface ColumnProps {
  trial: Trial
  making: Making
  /** Asks again for an answer that is missing. */
  retry: () => void
}

/** The plan that was made, or the one that the values would make. */
export function PlanColumn({ trial, making, retry }: ColumnProps) {
  return (
    <section class="plan-column" aria-label="Plan" aria-live="polite">
      {making.state === 'made' ? (
        <Made plan={making.plan} />
      ) : (
        <>
          <h2>The plan that these values make</h2>
          {making.state === 'lost' && (
            <div class="notice" role="alert">
              <p>No answer came. To try again is safe: the plan is made once.</p>
              <button type="button" onClick={retry}>
                Try again
              </button>
            </div>
          )}
          {making.state === 'refused' && <ProblemView error={making.problem} />}
          <Tried trial={trial} />
        </>
      )}
    </section>
  )
}

function Made({ plan }: { plan: NonNullable<Trial['plan']> }) {
  const { planId = '', createdAt, replayed } = plan
  return (
    <>
      <h2>The plan is made</h2>
      <p class="line">
        <Link to={`/plans/${planId}`}>
          <code>{planId}</code>
        </Link>
        {createdAt && (
          <span class="soft">
            <Time iso={createdAt} />
          </span>
        )}
        {replayed && <span class="is-attention">replayed: it had been made already, once</span>}
      </p>
      <DocumentView plan={plan} />
    </>
  )
}

function Tried({ trial: { plan, problem } }: { trial: Trial }) {
  if (plan) return <DocumentView plan={plan} />
  if (problem instanceof Problem && problem.fields.length > 0)
    return (
      <p class="soft note">
        {plural(problem.fields.length, 'value is missing', 'values are missing')} or wrong.
      </p>
    )
  return problem === undefined ? null : <ProblemView error={problem} />
}
