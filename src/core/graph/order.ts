import type { Graph } from '../../contract/kind.ts'

type Node = Graph['nodes'][number]

/**
 * Sorts nodes so that each follows the nodes it comes after; otherwise they keep their order. Nodes on a circle come
 * last.
 */
export function inOrder({ nodes, edges }: Graph): Node[] {
  const waiting = new Map(nodes.map(({ id }) => [id, new Set<string>()]))
  for (const { from, to } of edges) if (from !== to) waiting.get(to)?.add(from)
  const order: Node[] = []
  const rest = new Set(nodes)
  while (rest.size > 0) {
    const free = [...rest].find(({ id }) => waiting.get(id)?.size === 0) ?? [...rest][0]
    if (!free) break
    order.push(free)
    rest.delete(free)
    for (const before of waiting.values()) before.delete(free.id)
  }
  return order
}
