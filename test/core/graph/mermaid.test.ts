import { expect, test } from 'vitest'
import { drawMermaid } from '../../../src/core/graph/mermaid.ts'
import fc from '../../harness/fast-check.ts'
import { graphOf, hostileLabel } from './support/graphs.ts'

test('ids that mean something to Mermaid become numbers', () => {
  expect(drawMermaid(graphOf('end>class class>subgraph')).split('\n')).toEqual([
    'flowchart TD',
    '  n0["end"]',
    '  n1["class"]',
    '  n2["subgraph"]',
    '  n0 --> n1',
    '  n1 --> n2',
  ])
})

test('notes are lines of the label', () => {
  const graph = { nodes: [{ id: 'a', label: 'A', notes: ['one', 'two'] }], edges: [] }
  expect(drawMermaid(graph)).toBe('flowchart TD\n  n0["A<br/>one<br/>two"]')
})

test('any label is one quoted text, with an entity for each character that means something', () => {
  fc.assert(
    fc.property(hostileLabel, (label) => {
      const lines = drawMermaid({ nodes: [{ id: 'a', label, notes: [] }], edges: [] }).split('\n')
      expect(lines).toHaveLength(2)
      const [, inside] = /^ {2}n0\["([^"<>&\\`[\](){}|]*)"\]$/.exec(lines[1] ?? '') ?? []
      const read = (inside ?? '(ended early)').replace(/#(\d+);/g, (_all, point: string) =>
        String.fromCodePoint(Number(point)),
      )
      expect(read).toBe(label.replace(/\s+/g, ' '))
    }),
    { numRuns: 200 },
  )
})
