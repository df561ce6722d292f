import { Graph as Layout, layout } from '@dagrejs/dagre'
import type { Graph } from '../../contract/kind.ts'
import type { GraphFormat } from './format.ts'

/** Width of a character and height of a line in pixels, for the fonts below. */
const CHARACTER = 7.3
const LINE = 18
const PADDING = 12
const MARGIN = 16

interface Point {
  x: number
  y: number
}

interface Box {
  x: number
  y: number
  width: number
  height: number
  lines: string[]
}

/** A self-contained picture that follows the reader's light or dark colours. */
export const drawSvg: GraphFormat = (graph) => {
  const { boxes, paths, width, height } = arrange(graph)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<style>text{font:13px ui-monospace,monospace;text-anchor:middle;fill:#1f2328}.note{font-size:12px;fill:#59636e}',
    'rect{fill:#f6f8fa;stroke:#818b98}path{fill:none;stroke:#818b98}marker path{fill:#818b98;stroke:none}',
    '@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.note{fill:#9198a1}rect{fill:#151b23}}</style>',
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ...paths.map((points) => `<path d="${drawLine(points)}" marker-end="url(#arrow)"/>`),
    ...boxes.flatMap(drawBox),
    '</svg>',
  ].join('\n')
}

function arrange({ nodes, edges }: Graph) {
  const plan = new Layout()
  plan.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 36, marginx: MARGIN, marginy: MARGIN })
  plan.setDefaultEdgeLabel(() => ({}))
  for (const { id, label, notes } of nodes) {
    const lines = [label, ...notes]
    const width = Math.ceil(Math.max(...lines.map((line) => [...line].length)) * CHARACTER) + 2 * PADDING
    plan.setNode(id, { x: 0, y: 0, width, height: lines.length * LINE + PADDING, lines })
  }
  for (const { from, to } of edges) plan.setEdge(from, to)
  layout(plan)
  // Without nodes the layout has no extent: its width is -Infinity.
  const { width, height } =
    nodes.length > 0
      ? (plan.graph() as { width: number; height: number })
      : { width: 2 * MARGIN, height: 2 * MARGIN }
  const boxes = plan.nodes().map((id: string): Box => plan.node(id)) as Box[]
  const paths = plan
    .edges()
    .map((edge: object) => (plan.edge(edge) as { points: Point[] }).points) as Point[][]
  return { boxes, paths, width: Math.ceil(width), height: Math.ceil(height) }
}

/** A line without corners: it passes the middles between the points, and bends towards the points on the way. */
function drawLine(points: readonly Point[]): string {
  const middles = points.slice(1).map((to, at) => middle(points[at] ?? to, to))
  const bends = points.slice(1, -1).map((point, at) => `Q${show(point)} ${show(middles[at + 1] ?? point)}`)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  return `M${show(first)}L${show(middles[0] ?? first)}${bends.join('')}L${show(last)}`
}

const middle = (from: Point, to: Point): Point => ({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 })
const show = ({ x, y }: Point) => `${round(x)} ${round(y)}`

function drawBox({ x, y, width, height, lines }: Box): string[] {
  const [left, top] = [round(x - width / 2), round(y - height / 2)]
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6"/>`,
    ...lines.map(
      (line, index) =>
        `<text x="${round(x)}" y="${round(top + PADDING / 2 + LINE * (index + 0.72))}"${index ? ' class="note"' : ''}>${encode(line)}</text>`,
    ),
  ]
}

const round = (value: number) => Math.round(value * 10) / 10

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 cannot carry control characters and halves of surrogate pairs, even as references: they become U+FFFD. */
function encode(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
}
