import { useMemo } from 'preact/hooks'
import { useParams } from 'wouter-preact'
import { type Graph, useGraph } from '../data/graph.ts'
import { type Moment, useMoment } from '../data/moment.ts'
import { useDefinition } from '../data/queries.ts'
import { DefinitionHeading } from '../parts/definition/definition-heading.tsx'
import { useHash } from '../parts/diff/line-links.ts'
import { StepList } from '../parts/graph/step-list.tsx'
import { SvgGraph } from '../parts/graph/svg-graph.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { ProblemView } from '../parts/states/problem.tsx'
import { Skeleton } from '../parts/states/skeleton.tsx'
import { Command } from '../parts/words/copy.tsx'

/** A definition as boxes and arrows: the steps of a template. */
export default function GraphPage() {
  const { kind = '', id = '' } = useParams<{ kind: string; id: string }>()
  const moment = useMoment()
  const { data, error, refetch } = useDefinition(kind, id, moment)
  if (!data) return <Pending title={id} error={error} retry={() => refetch()} />
  return (
    <div class="page">
      {error && <ProblemView error={error} retry={() => refetch()} />}
      <DefinitionHeading definition={data.body} tab="/graph" />
      <Steps kind={kind} id={id} version={data.body.version} moment={moment} />
      <p class="page-foot">
        <Command text={`nofx registry show ${kind}/${id} --graph`} />
      </p>
    </div>
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
