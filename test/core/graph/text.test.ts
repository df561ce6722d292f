import { expect, test } from 'vitest'
import { inOrder } from '../../../src/core/graph/order.ts'
import { drawText } from '../../../src/core/graph/text.ts'
import fc from '../../harness/fast-check.ts'
import { anyGraph } from './support/graphs.ts'

/** Which sides of a character are open. */
const ARMS: Record<string, string> = {
  '│': 'ns',
  '─': 'we',
  '╮': 'ws',
  '╯': 'wn',
  '╰': 'en',
  '╭': 'es',
  '├': 'nse',
  '┤': 'nsw',
  '┬': 'wes',
  '┴': 'wen',
  '┼': 'nswe',
  ' ': '',
  '●': 'ns',
}

/**
 * Places of a drawing where a line ends in nothing: an arm that the neighbour on that side does not meet. A line that goes
 * across another passes behind it, as `─│─`.
 */
function looseEnds(rows: readonly string[]): string[] {
  const at = (row: number, column: number) => ARMS[rows[row]?.[column] ?? ' '] ?? ''
  const beyond = (row: number, column: number, step: 1 | -1): string => {
    const next = rows[row]?.[column + step] ?? ' '
    return next === '│' ? beyond(row, column + step, step) : at(row, column + step)
  }
  const loose: string[] = []
  for (const [row, text] of rows.entries())
    for (const [column, sign] of [...text].entries()) {
      if (sign === '●' || sign === ' ') continue
      const arms = ARMS[sign]
      if (arms === undefined) throw new Error(`${sign} is not a character of a graph`)
      if (arms.includes('w') && !beyond(row, column, -1).includes('e')) loose.push(`${row}:${column} w`)
      if (arms.includes('e') && !beyond(row, column, 1).includes('w')) loose.push(`${row}:${column} e`)
      if (arms.includes('n') && !at(row - 1, column).includes('s')) loose.push(`${row}:${column} n`)
      if (arms.includes('s') && !at(row + 1, column).includes('n')) loose.push(`${row}:${column} s`)
    }
  return loose
}

test('every node is one line, in the order of the graph, and no line of the drawing ends in nothing', () => {
  fc.assert(
    fc.property(
      anyGraph.map(({ nodes, edges }) => ({
        nodes,
        // Arrows from left to right: a plan has no circles.
        edges: edges.filter(({ from, to }) => from < to),
      })),
      (graph) => {
        const lines = drawText(graph).split('\n')
        const named = lines.filter((line) => line.includes('●'))
        expect(named.map((line) => line.at(-1))).toEqual(inOrder(graph).map(({ id }) => id))
        const art = lines.map((line) => line.replace(/ {2}[a-g]$/, ''))
        expect(looseEnds(art)).toEqual([])
      },
    ),
    { numRuns: 300 },
  )
})

test('a graph with circles is drawn as well, with every node once', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      expect(drawText(graph).match(/●/g)).toHaveLength(graph.nodes.length)
    }),
    { numRuns: 200 },
  )
})

test('a graph without nodes is an empty text', () => expect(drawText({ nodes: [], edges: [] })).toBe(''))
