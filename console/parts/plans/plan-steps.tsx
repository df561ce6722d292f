import type { PlanStep } from '../../model/plans/plan-parts.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Tag } from '../words/tag.tsx'

/** The steps of a plan in order: what matters before a run, who does it, and with which words. */
export function PlanSteps({ steps }: { steps: readonly PlanStep[] }) {
  return (
    <ol class="plan-steps">
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step: { id, name, agent, prompt, dependsOn, marks } }: { step: PlanStep }) {
  return (
    <li class={marks.includes('skipped') ? 'plan-step is-skipped' : 'plan-step'} data-id={id}>
      <span class="plan-step-name">
        <Foreign text={name} />
        {marks.map((mark) => (
          <Tag key={mark} tone={mark === 'irreversible' ? 'danger' : 'attention'}>
            {mark}
          </Tag>
        ))}
      </span>
      <span class="soft line">
        {name !== id && (
          <code>
            <Foreign text={id} />
          </code>
        )}
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
      {prompt !== '' && (
        <details class="deep">
          <summary class="soft">Prompt</summary>
          <pre class="deep-text">
            <Foreign text={prompt} />
          </pre>
        </details>
      )}
    </li>
  )
}
