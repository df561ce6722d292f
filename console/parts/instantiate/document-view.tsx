import type { PlanDocument } from '../../data/instantiate.ts'
import type { Lock } from '../../model/locks.ts'
import { listLocks, listSteps, type PlanStep } from '../../model/plan-document.ts'
import { Copy } from '../words/copy.tsx'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Tag } from '../words/tag.tsx'

/** A plan: the versions that it is locked to, its steps, and the whole of it as JSON. */
export function DocumentView({ plan }: { plan: PlanDocument }) {
  const steps = listSteps(plan)
  const text = JSON.stringify(plan, null, 2)
  return (
    <div class="document">
      <ul class="locks">
        {listLocks(plan).map((lock) => (
          <LockRow key={`${lock.kind}/${lock.id}`} lock={lock} />
        ))}
      </ul>
      <ol class="steps">
        {steps.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </ol>
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

function Step({ step: { name, agent, prompt, dependsOn, marks } }: { step: PlanStep }) {
  return (
    <li class={marks.includes('skipped') ? 'step is-skipped' : 'step'}>
      <span class="step-name">
        <Foreign text={name} />
        {marks.map((mark) => (
          <Tag key={mark} tone={mark === 'irreversible' ? 'danger' : 'attention'}>
            {mark}
          </Tag>
        ))}
      </span>
      <span class="soft line">
        {agent && (
          <Link to={`/agents/${agent}`}>
            <Foreign text={agent} />
          </Link>
        )}
        {dependsOn.length > 0 && (
          <span>
            after <Foreign text={dependsOn.join(', ')} />
          </span>
        )}
      </span>
      <details class="deep">
        <summary class="soft">Prompt</summary>
        <pre class="deep-text">
          <Foreign text={prompt} />
        </pre>
      </details>
    </li>
  )
}
