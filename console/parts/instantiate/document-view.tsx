import type { PlanDocument } from '../../data/instantiate.ts'
import type { Lock } from '../../model/plans/locks.ts'
import { readPlan } from '../../model/plans/plan-parts.ts'
import { PlanSteps } from '../plans/plan-steps.tsx'
import { Copy } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'

/** A plan: the versions that it is locked to, its steps, and the whole of it as JSON. */
export function DocumentView({ plan }: { plan: PlanDocument }) {
  const { source, locks, steps } = readPlan(plan)
  const text = JSON.stringify(plan, null, 2)
  return (
    <div class="document">
      <ul class="locks">
        {[...(source ? [source] : []), ...locks].map((lock) => (
          <LockRow key={`${lock.kind}/${lock.id}`} lock={lock} />
        ))}
      </ul>
      <PlanSteps steps={steps} />
      <details class="deep">
        <summary class="soft">The whole plan as JSON</summary>
        <Copy text={text} label="the plan" />
        <pre class="deep-text plan-json">
          <Foreign text={text} />
        </pre>
      </details>
    </div>
  )
}

function LockRow({ lock: { kind, id, version, digest } }: { lock: Lock }) {
  return (
    <li>
      <span class="soft">{kind}</span>
      <span>
        <Foreign text={id} /> v{version}
      </span>
      <code class="soft">{digest.slice(0, 8)}</code>
    </li>
  )
}
