import type { Graph } from '../../contract/kind.ts'

type Node = Graph['nodes'][number]

/**
 * Sorts nodes so that each follows the nodes it comes after; otherwise they keep their order. On a circle, where no
 * node is first, the first in their own order begins.
 */
export function inOrder({ nodes, edges }: Graph): Node[] {
  const waiting = new Map(nodes.map(({ id }) => [id, new Set<string>()]))
  for (const { from, to } of edges) if (from !== to) waiting.get(to)?.add(from)
  const order: Node[] = []
  const rest = new Set(nodes)
  while (rest.size > 0) {
    const free = [...rest].find(({ id }) => waiting.get(id)?.size === 0) ?? startOfCircle(rest, waiting)
    if (!free) break
    order.push(free)
    rest.delete(free)
    for (const before of waiting.values()) before.delete(free.id)
  }
  return order
}

/** The node that the fewest come before: it is in a circle to which no other circle leads. */
function startOfCircle(
  rest: ReadonlySet<Node>,
  waiting: ReadonlyMap<string, ReadonlySet<string>>,
): Node | undefined {
  let start: { node: Node; before: number } | undefined
  for (const node of rest) {
    const ids = new Set([node.id])
    for (const id of ids) for (const before of waiting.get(id) ?? []) ids.add(before)
    if (!start || ids.size < start.before) start = { node, before: ids.size }
  }
  return start?.node
}
