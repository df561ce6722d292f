import type { GraphFormat } from './format.ts'

/** The language of Graphviz. */
export const drawDot: GraphFormat = ({ nodes, edges }) =>
  [
    'digraph {',
    '  node [shape=box style=rounded fontname="sans-serif"]',
    ...nodes.map(({ id, label, notes }) => `  ${quote(id)} [label=${quote([label, ...notes].join('\n'))}]`),
    ...edges.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)}`),
    '}',
  ].join('\n')

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
