import { describe, expect, test } from 'vitest'
import { drawSvg } from '../../../src/core/graph/svg.ts'
import fc from '../../harness/fast-check.ts'
import { anyGraph, graphOf, hostileLabel } from './support/graphs.ts'

/** Characters that an XML 1.0 document may hold. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const sizeOf = (svg: string) => {
  const [, ...sizes] = /viewBox="0 0 (\S+) (\S+)" width="(\S+)" height="(\S+)"/.exec(svg) ?? []
  return sizes.map(Number)
}

type Point = readonly [number, number]

function pointsIn(numbers: string): Point[] {
  const all = numbers.trim().split(/ +/).map(Number)
  return all.flatMap((x, at) => (at % 2 === 0 ? [[x, all[at + 1] ?? Number.NaN] as const] : []))
}

/** How far a joint lies from the line through its neighbours, pixels. */
function cornerAt([ax, ay]: Point, [x, y]: Point, [bx, by]: Point): number {
  const length = Math.hypot(bx - ax, by - ay)
  return length === 0 ? 0 : Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
}

describe('a picture of a graph', () => {
  test('has a size, a box for each node and a line for each pair that an arrow connects', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const svg = drawSvg(graph)
        const pairs = new Set(graph.edges.map(({ from, to }) => `${from}>${to}`))
        expect(svg.match(/<rect /g)).toHaveLength(graph.nodes.length)
        expect(svg.match(/marker-end/g) ?? []).toHaveLength(pairs.size)
        expect(svg).not.toMatch(/NaN|Infinity/)
      }),
      { numRuns: 25 },
    )
  })

  test('has lines without a corner: where two parts meet, they have one direction', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const lines = [...drawSvg(graph).matchAll(/<path d="([^"]+)" marker-end/g)].map(([, d = '']) => d)
        for (const line of lines) {
          const parts = [...line.matchAll(/[MLQ]([^MLQ]+)/g)].map(([, numbers = '']) => pointsIn(numbers))
          const whole = parts.flat()
          // The ends of the parts are the joints; the points around one lie on a line through it.
          let at = -1
          for (const part of parts.slice(0, -1)) {
            at += part.length
            const [before, joint, after] = [whole[at - 1], whole[at], whole[at + 1]]
            if (before && joint && after) expect(cornerAt(before, joint, after)).toBeLessThan(1)
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  test('of no nodes is an empty picture with a size', () => {
    const sizes = sizeOf(drawSvg({ nodes: [], edges: [] }))
    expect(sizes).toHaveLength(4)
    for (const size of sizes) expect(size).toBeGreaterThan(0)
  })

  test('grows with the longest line of its labels and with their number', () => {
    const of = (label: string, notes: string[] = []) =>
      drawSvg({ nodes: [{ id: 'a', label, notes }], edges: [] })
    const [width = 0, height = 0] = sizeOf(of('a'))
    expect(sizeOf(of('a'.repeat(50)))[0]).toBeGreaterThan(width)
    expect(sizeOf(of('a', ['a'.repeat(50)]))[0]).toBe(sizeOf(of('a'.repeat(50)))[0])
    expect(sizeOf(of('a', ['b']))[1]).toBeGreaterThan(height)
  })

  test('is the same each time', () => {
    expect(drawSvg(graphOf('a>b a>c b>d c>d'))).toBe(drawSvg(graphOf('a>b a>c b>d c>d')))
  })

  test('is well-formed XML that shows the label, whatever the label is', () => {
    fc.assert(
      fc.property(hostileLabel, (label) => {
        const svg = drawSvg({ nodes: [{ id: 'a', label, notes: [label] }], edges: [] })
        expect(svg).not.toMatch(NOT_XML)
        expect(svg.match(/<text [^>]*>([^<>]*)<\/text>/g)).toHaveLength(2)
        expect(svg.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
      }),
      { numRuns: 100 },
    )
  })
})
