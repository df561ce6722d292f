import type { Graph } from '../../../../src/contract/kind.ts'
import fc from '../../../harness/fast-check.ts'

/** `a>b` makes an edge; nodes are those that are named, in that order. */
export function graphOf(text: string): Graph {
  const edges = text.split(' ').flatMap((word) => {
    const [from, to] = word.split('>')
    return from && to ? [{ from, to }] : []
  })
  const ids = [...new Set(text.split(/[ >]/).filter(Boolean))]
  return { nodes: ids.map((id) => ({ id, label: id, notes: [] })), edges }
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const nodes = fc.shuffledSubarray(NAMES, { minLength: 1 })

/** Any graph of up to seven nodes, circles and double edges included. */
export const anyGraph: fc.Arbitrary<Graph> = nodes.chain((ids) => {
  const end = fc.constantFrom(...ids)
  const edges = fc.array(fc.record({ from: end, to: end }), { maxLength: 12 })
  return edges.map((list) => ({ nodes: ids.map((id) => ({ id, label: id, notes: [] })), edges: list }))
})

/** The nodes that a node comes after, directly or not. */
export function before({ edges }: Graph, id: string): Set<string> {
  const found = new Set<string>()
  const visit = (to: string) => {
    for (const { from } of edges.filter((edge) => edge.to === to))
      if (!found.has(from)) {
        found.add(from)
        visit(from)
      }
  }
  visit(id)
  return found
}

/** Labels that mean something to the languages in which graphs are drawn. */
export const hostileLabel = fc.string({
  unit: fc.constantFrom(
    '"',
    '\\',
    '<',
    '>',
    '&',
    '#',
    ';',
    '[',
    ']',
    '{',
    '}',
    '|',
    '`',
    '\n',
    '\u0007',
    '\ud800',
    'a',
    'é',
  ),
  maxLength: 12,
})
