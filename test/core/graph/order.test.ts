import { describe, expect, test } from 'vitest'
import { inOrder } from '../../../src/core/graph/order.ts'
import fc from '../../harness/fast-check.ts'
import { anyGraph, before, graphOf } from './support/graphs.ts'

const order = (text: string) =>
  inOrder(graphOf(text))
    .map(({ id }) => id)
    .join('')

describe('the order of a graph', () => {
  test.each([
    ['keeps the order of nodes that nothing connects', 'c a b', 'cab'],
    ['turns a row around that was written backwards', 'c b>c a>b', 'abc'],
    ['takes a node as soon as all before it are taken', 'd a>d b c>d', 'abcd'],
    ['ignores an arrow from a node to itself', 'a>a b', 'ab'],
    ['ignores an arrow that is there twice', 'b a>b a>b', 'ab'],
    ['puts a circle after the nodes that lead to it', 'b>c c>b a>b', 'abc'],
    ['puts a circle before the nodes that it leads to', 'd a>b b>a b>d', 'abd'],
  ])('%s', (_name, text, expected) => expect(order(text)).toBe(expected))

  test('has every node once, each after all that it comes after, except inside of a circle', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const ids = inOrder(graph).map(({ id }) => id)
        expect([...ids].sort()).toEqual(graph.nodes.map(({ id }) => id).sort())
        const wrong = graph.edges.filter(
          ({ from, to }) =>
            !before(graph, from).has(to) && from !== to && ids.indexOf(from) > ids.indexOf(to),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
