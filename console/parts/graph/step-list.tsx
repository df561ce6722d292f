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
        {nodes.map(({ id, label, notes }) => {
          const before = edges.filter(({ to }) => to === id).map(({ from }) => from)
          return (
            <li
              key={id}
              id={`step:${id}`}
              class={chosen === `step:${id}` ? 'step is-chosen' : 'step'}
              data-id={id}
              data-after={JSON.stringify(before)}
            >
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
                {before.map((from, at) => (
                  <span key={from}>
                    {at > 0 && ', '}
                    <a href={`#step:${encodeURIComponent(from)}`}>
                      <Foreign text={labels.get(from) ?? from} />
                    </a>
                  </span>
                ))}
              </span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
