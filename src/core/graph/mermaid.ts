import type { GraphFormat } from './format.ts'

/**
 * A Mermaid flowchart, as GitHub draws it. Its ids are numbers, because words such as "end" are keywords of Mermaid.
 */
export const drawMermaid: GraphFormat = ({ nodes, edges }) => {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
  return [
    'flowchart TD',
    ...nodes.map(
      ({ id, label, notes }) => `  ${names.get(id)}["${[label, ...notes].map(encode).join('<br/>')}"]`,
    ),
    ...edges.map(({ from, to }) => `  ${names.get(from)} --> ${names.get(to)}`),
  ].join('\n')
}

/** Mermaid has no escape character, so every character with a special meaning is written as an entity. */
function encode(text: string): string {
  return text.replace(/["#<>&\\`[\](){}|]/g, (sign) => `#${sign.codePointAt(0)};`).replace(/\s+/g, ' ')
}
