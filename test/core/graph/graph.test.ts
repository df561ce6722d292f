import { describe, expect, it } from 'vitest'
import type { Graph } from '../../../src/contract/kind.ts'
import { graphFormats } from '../../../src/core/graph/formats.ts'

/** `a>b` makes an edge; the nodes are those that are named, in that order. */
function graph(text: string): Graph {
  const edges = text.split(' ').flatMap((word) => {
    const [from, to] = word.split('>')
    return from && to ? [{ from, to }] : []
  })
  const ids = [...new Set(text.split(/[ >]/))]
  return { nodes: ids.map((id) => ({ id, label: id, notes: [] })), edges }
}

const text = async (of: Graph) => (await graphFormats.text())(of).split('\n')

describe('a graph in the terminal', () => {
  it.each<[string, string, string[]]>([
    ['of one node is that node', 'a', ['●  a']],
    ['of steps in a row is a straight line', 'a>b b>c', ['●  a', '●  b', '●  c']],
    [
      'that branches and joins again is a diamond',
      'a>b a>c b>d c>d',
      ['●    a', '├─╮', '● │  b', '│ ●  c', '├─╯', '●    d'],
    ],
    [
      'with an edge past a node keeps the lane beside it',
      'a>b a>c b>c',
      ['●    a', '├─╮', '● │  b', '╰─┤', '  ●  c'],
    ],
    [
      'of three parallel steps opens three lanes',
      'a>b a>c a>d b>e c>e d>e',
      ['●      a', '├─┬─╮', '● │ │  b', '│ ● │  c', '├─╯ │', '│   ●  d', '├───╯', '●      e'],
    ],
    ['of two unrelated parts shows both', 'a b>c', ['●  a', '●  b', '●  c']],
  ])('%s', async (_name, edges, expected) => {
    expect(await text(graph(edges))).toEqual(expected)
  })

  it('shows every node once and ends, even with circles', async () => {
    const lines = await text(graph('a>b b>c c>a c>c'))
    expect(lines.filter((line) => line.includes('●')).map((line) => line.at(-1))).toEqual(['a', 'b', 'c'])
  })

  it('shows the notes of a node after its name', async () => {
    const one = { id: 'a', label: 'Fetch', notes: ['agent x', 'waits for approval'] }
    expect(await text({ nodes: [one], edges: [] })).toEqual(['●  Fetch · agent x · waits for approval'])
  })
})

const HOSTILE: Graph = {
  nodes: [
    { id: 'end', label: 'a "quoted" <b> & [x] \\', notes: ['{{y}} | z'] },
    { id: 'class', label: 'b', notes: [] },
  ],
  edges: [{ from: 'end', to: 'class' }],
}

describe('a graph for other programs', () => {
  it('is Mermaid in which labels have no syntax', async () => {
    expect((await graphFormats.mermaid())(HOSTILE)).toBe(
      [
        'flowchart TD',
        '  n0["a #34;quoted#34; #60;b#62; #38; #91;x#93; #92;<br/>#123;#123;y#125;#125; #124; z"]',
        '  n1["b"]',
        '  n0 --> n1',
      ].join('\n'),
    )
  })

  it('is DOT in which no label ends early', async () => {
    expect((await graphFormats.dot())(HOSTILE)).toContain(
      String.raw`  "end" [label="a \"quoted\" <b> & [x] \\\n{{y}} | z"]`,
    )
  })

  it('is SVG with a box for each node, none on top of another, and a line for each edge', async () => {
    const svg = (await graphFormats.svg())(graph('a>b a>c b>d c>d a>d'))
    const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"/g)].map(
      ([, ...sizes]) => sizes.map(Number) as [number, number, number, number],
    )
    expect(boxes).toHaveLength(4)
    for (const [index, [x, y, width, height]] of boxes.entries())
      for (const [x2, y2, width2, height2] of boxes.slice(index + 1))
        expect(x + width <= x2 || x2 + width2 <= x || y + height <= y2 || y2 + height2 <= y).toBe(true)
    expect(svg.match(/marker-end/g)).toHaveLength(5)
  })

  it('is SVG in which no label is markup', async () => {
    const svg = (await graphFormats.svg())(HOSTILE)
    expect(svg).toContain('a &quot;quoted&quot; &lt;b&gt; &amp; [x] \\')
    expect(svg.match(/<text/g)).toHaveLength(3)
  })
})
