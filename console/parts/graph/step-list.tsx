import type { Graph } from '../../data/graph.ts'
import { Foreign } from '../words/foreign.tsx'

/** The same as the picture, in words: every step with its notes, and the steps that it comes after. */
export function StepList({ graph: { nodes, edges }, chosen }: { graph: Graph; chosen: string }) {
  const labels = new Map(nodes.map(({ id, label }) => [id, label]))
  return (
    <section class="steps" aria-label="Steps">
      <h2>
        Steps <span class="soft count">{nodes.length.toLocaleString('en')}</span>
      </h2>
      <ol>
        {nodes.map((node) => (
          <Step
            key={node.id}
            node={node}
            isChosen={chosen === `step:${node.id}`}
            before={edges
              .filter(({ to }) => to === node.id)
              .map(({ from }) => [from, labels.get(from) ?? from])}
          />
        ))}
      </ol>
    </section>
  )
}

interface StepProps {
  node: Graph['nodes'][number]
  isChosen: boolean
  /** Ids and names of the steps that it comes after. */
  before: readonly [string, string][]
}

function Step({ node: { id, label, notes }, isChosen, before }: StepProps) {
  return (
    <li id={`step:${id}`} class={isChosen ? 'step is-chosen' : 'step'} data-id={id}>
      <span class="step-name">
        <Foreign text={label} />
      </span>
      {notes.length > 0 && (
        <span class="step-notes soft">
          {notes.map((note) => (
            <span key={note}>
              <Foreign text={note} />
            </span>
          ))}
        </span>
      )}
      <span class="step-after soft">
        {before.length === 0 ? 'at the start' : 'after '}
        {before.map(([from, name], at) => (
          <span key={from}>
            {at > 0 && ', '}
            <a href={`#step:${encodeURIComponent(from)}`}>
              <Foreign text={name} />
            </a>
          </span>
        ))}
      </span>
    </li>
  )
}
