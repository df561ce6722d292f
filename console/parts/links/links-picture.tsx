import { useMemo } from 'preact/hooks'
import { useLocation, useRouter, useSearch } from 'wouter-preact'
import { type Links, useNeighbours } from '../../data/links.ts'
import { carryQuery } from '../../model/address/url-state.ts'
import { joinLinks } from '../../model/graphs/links-graph.ts'
import { SvgGraph } from '../graph/svg-graph.tsx'

/** The links as boxes and arrows, two levels in each direction; a box leads to the links of its definition. */
export function LinksPicture({ links, env }: { links: Links; env?: string }) {
  const neighbours = useNeighbours(links, env).data
  const [, navigate] = useLocation()
  const { base } = useRouter()
  const search = useSearch()
  const { nodes, edges, left } = useMemo(() => {
    const joined = joinLinks(links, neighbours ?? [])
    const centre = `${links.kind}/${links.id}`
    const boxes = joined.nodes.map((node) => {
      const path = carryQuery(`/${node.id}/links`, search)
      const open = (event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        navigate(path)
      }
      return { ...node, href: base + path, open, isCentre: node.id === centre }
    })
    return { ...joined, nodes: boxes }
  }, [links, neighbours, search, base, navigate])
  return (
    <section class="part">
      <h2>Picture</h2>
      <SvgGraph
        nodes={nodes}
        edges={edges}
        label={`The links of ${links.kind}/${links.id}. The arrow keys go from one definition to the next.`}
        file={`${links.kind}-${links.id}-links.svg`}
      />
      {left > 0 && <p class="soft note">and {left.toLocaleString('en')} more</p>}
    </section>
  )
}
