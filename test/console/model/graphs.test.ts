import { describe, expect, test } from 'vitest'
import { joinLinks, type LinksOf } from '../../../console/model/graphs/links-graph.ts'
import { nearestBox } from '../../../console/model/graphs/nearest-box.ts'
import { arrange } from '../../../src/core/graph/arrange.ts'
import fc from '../../harness/fast-check.ts'

const end = (id: string, met = true, kind = 'agents') => ({ kind, id, met })
const links = (
  id: string,
  needs: ReturnType<typeof end>[],
  neededBy: ReturnType<typeof end>[] = [],
): LinksOf => ({
  kind: 'agents',
  id,
  needs,
  neededBy,
})

describe('the links of two levels', () => {
  test('are one graph: who needs something is where an arrow begins, and an arrow is met if all of its links are', () => {
    const { nodes, edges, left } = joinLinks(links('b', [end('c'), end('c', false)], [end('a')]), [
      links('a', [end('b'), end('d')]),
    ])
    expect(nodes.map(({ id }) => id)).toEqual(['agents/b', 'agents/c', 'agents/a', 'agents/d'])
    expect(edges).toEqual([
      { from: 'agents/b', to: 'agents/c', met: false },
      { from: 'agents/a', to: 'agents/b', met: true },
      { from: 'agents/a', to: 'agents/d', met: true },
    ])
    expect(left).toBe(0)
  })

  test('leave out the farthest boxes, count them, and have no arrow to them', () => {
    const many = Array.from({ length: 70 }, (_none, at) => end(`n${at}`))
    const { nodes, edges, left } = joinLinks(links('b', many), [links('n69', [end('n1')])])
    expect([nodes.length, edges.length, left]).toEqual([60, 59, 11])
  })

  test('of a definition that needs itself is a box with an arrow to itself', () => {
    const { nodes, edges } = joinLinks(links('a', [end('a')], [end('a')]), [])
    expect([nodes.length, edges]).toEqual([1, [{ from: 'agents/a', to: 'agents/a', met: true }]])
    expect(arrange({ nodes, edges }).arrows).toHaveLength(1)
  })
})

describe('an arrow key', () => {
  const graphs = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 20 }).map((pairs) => ({
      nodes: Array.from({ length: count }, (_none, at) => ({ id: `${at}`, label: `step ${at}`, notes: [] })),
      edges: pairs.map(([from, to]) => ({ from: `${from}`, to: `${to}` })),
    })),
  )

  test('leads down and up through every row of any graph, circles too, and ends', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { boxes } = arrange(graph)
        expect(boxes.map(({ id }) => id).sort()).toEqual(graph.nodes.map(({ id }) => id).sort())
        for (const [direction, sign] of [
          ['ArrowDown', 1],
          ['ArrowUp', -1],
        ] as const)
          for (const start of boxes) {
            let here = start
            for (
              let next = nearestBox(boxes, here, direction);
              next;
              next = nearestBox(boxes, here, direction)
            ) {
              expect(sign * (next.y - here.y)).toBeGreaterThan(0)
              here = next
            }
            const farthest = Math.max(...boxes.map(({ y }) => sign * y))
            expect(farthest - sign * here.y).toBeLessThan(1)
          }
      }),
      { numRuns: 40 },
    )
  })
})
