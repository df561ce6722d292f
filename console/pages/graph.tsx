import { useMemo } from 'preact/hooks'
import { type Graph, useGraph } from '../data/graph.ts'
import type { Moment } from '../data/moment.ts'
import type { Definition } from '../data/queries.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { useHash } from '../parts/diff/line-links.ts'
import { StepList } from '../parts/graph/step-list.tsx'
import { SvgGraph } from '../parts/graph/svg-graph.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'

const commandOf = ({ kind, id, version }: Definition, { env, isPast }: Moment) =>
  buildCommand(['nofx', 'registry', 'show', `${kind}/${id}`], {
    graph: true,
    version: isPast ? String(version) : undefined,
    env,
  })

/** A definition as boxes and arrows: the steps of a template. */
export default function GraphPage() {
  return (
    <DefinitionPage tab="/graph" command={commandOf}>
      {({ kind, id, version }, moment) => <Steps kind={kind} id={id} version={version} moment={moment} />}
    </DefinitionPage>
  )
}

interface StepsProps {
  kind: string
  id: string
  version: number
  moment: Moment
}

function Steps({ kind, id, version, moment: { env, isPast } }: StepsProps) {
  const { data, error, refetch } = useGraph({ kind, id, version: isPast ? version : undefined, env })
  if (!data) return error ? <ProblemView error={error} retry={() => refetch()} /> : <Skeleton />
  const { nodes } = data.body
  if (nodes.length === 0) return <p class="soft part">It has no steps.</p>
  return (
    <>
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <StepGraph graph={data.body} name={`${kind}/${id}`} />
    </>
  )
}

/** Marks a step in the list and in the address. The browser itself would take the focus away from the picture. */
function chooseStep(event: MouseEvent, id: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  history.replaceState(history.state, '', `#step:${encodeURIComponent(id)}`)
  dispatchEvent(new HashChangeEvent('hashchange'))
  document.getElementById(`step:${id}`)?.scrollIntoView({ block: 'nearest' })
}

function StepGraph({ graph, name }: { graph: Graph; name: string }) {
  const hash = useHash()
  const nodes = useMemo(
    () =>
      graph.nodes.map((node) => ({
        ...node,
        href: `#step:${encodeURIComponent(node.id)}`,
        open: (event: MouseEvent) => chooseStep(event, node.id),
        isChosen: hash === `step:${node.id}`,
      })),
    [graph, hash],
  )
  return (
    <div class="graph-page">
      <SvgGraph
        nodes={nodes}
        edges={graph.edges}
        label={`The steps of ${name}. The arrow keys go from one to the next.`}
        file={`${name.replace('/', '-')}.svg`}
      />
      <StepList graph={graph} chosen={hash} />
    </div>
  )
}
