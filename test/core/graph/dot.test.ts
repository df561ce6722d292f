import { expect, test } from 'vitest'
import { drawDot } from '../../../src/core/graph/dot.ts'
import fc from '../../harness/fast-check.ts'
import { graphOf, hostileLabel } from './support/graphs.ts'

/** What Graphviz reads in a quoted string of a label: `\n` is a line, `\"` and `\\` are the characters. */
const unquote = (text: string) => text.replace(/\\(.)/g, (_all, sign: string) => (sign === 'n' ? '\n' : sign))

test('nodes and edges are statements of one digraph, in their order', () => {
  expect(drawDot(graphOf('a>b b>c a>c')).split('\n')).toEqual([
    'digraph {',
    '  node [shape=box style=rounded fontname="sans-serif"]',
    '  "a" [label="a"]',
    '  "b" [label="b"]',
    '  "c" [label="c"]',
    '  "a" -> "b"',
    '  "b" -> "c"',
    '  "a" -> "c"',
    '}',
  ])
})

test('notes are lines of the label', () => {
  const graph = { nodes: [{ id: 'a', label: 'A', notes: ['one', 'two'] }], edges: [] }
  expect(drawDot(graph)).toContain(String.raw`"a" [label="A\none\ntwo"]`)
})

test('Graphviz reads back any label, on one line of the source', () => {
  fc.assert(
    fc.property(hostileLabel, (label) => {
      const lines = drawDot({ nodes: [{ id: 'a', label, notes: [] }], edges: [] }).split('\n')
      expect(lines).toHaveLength(4)
      const [, quoted] = /^ {2}"a" \[label="((?:[^"\\]|\\.)*)"\]$/.exec(lines[2] ?? '') ?? []
      expect(unquote(quoted ?? '(ended early)')).toBe(label)
    }),
    { numRuns: 200 },
  )
})
