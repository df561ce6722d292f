import { Graph as Layout, layout } from '@dagrejs/dagre'

/** Boxes and arrows, as `Graph` of the contract has them. It stands here again, because browsers load this file alone. */
export interface Drawing {
  nodes: readonly { id: string; label: string; notes: readonly string[] }[]
  edges: readonly { from: string; to: string }[]
}

export interface Point {
  x: number
  y: number
}

/** A box by its middle, in pixels. */
export interface Box extends Point {
  id: string
  width: number
  height: number
  lines: string[]
}

/** An arrow by the points that it passes. */
export interface Arrow {
  from: string
  to: string
  points: Point[]
}

/** Width of a character and height of a line in pixels, for a monospaced font of 13 px. */
const CHARACTER = 7.3
export const LINE = 18
export const PADDING = 12
const MARGIN = 16

/** Where each box and each arrow of a graph stands. */
export function arrange({ nodes, edges }: Drawing): {
  boxes: Box[]
  arrows: Arrow[]
  width: number
  height: number
} {
  const plan = new Layout()
  plan.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 36, marginx: MARGIN, marginy: MARGIN })
  plan.setDefaultEdgeLabel(() => ({}))
  for (const { id, label, notes } of nodes) {
    const lines = [label, ...notes]
    const width = Math.ceil(Math.max(...lines.map((line) => [...line].length)) * CHARACTER) + 2 * PADDING
    plan.setNode(id, { id, x: 0, y: 0, width, height: lines.length * LINE + PADDING, lines })
  }
  for (const { from, to } of edges) plan.setEdge(from, to)
  layout(plan)
  // Without nodes the layout has no extent: its width is -Infinity.
  const { width, height } =
    nodes.length > 0
      ? (plan.graph() as { width: number; height: number })
      : { width: 2 * MARGIN, height: 2 * MARGIN }
  const boxes = plan.nodes().map((id: string): Box => plan.node(id)) as Box[]
  const arrows = plan.edges().map((edge: { v: string; w: string }): Arrow => {
    const { points } = plan.edge(edge) as { points: Point[] }
    return { from: edge.v, to: edge.w, points }
  }) as Arrow[]
  return { boxes, arrows, width: Math.ceil(width), height: Math.ceil(height) }
}

/**
 * The path of an arrow, for the attribute `d`: a line without corners, which passes the middles between the points, and
 * bends towards the points on the way.
 */
export function drawLine(points: readonly Point[]): string {
  const middles = points.slice(1).map((to, at) => middle(points[at] ?? to, to))
  const bends = points.slice(1, -1).map((point, at) => `Q${show(point)} ${show(middles[at + 1] ?? point)}`)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  return `M${show(first)}L${show(middles[0] ?? first)}${bends.join('')}L${show(last)}`
}

const middle = (from: Point, to: Point): Point => ({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 })
const show = ({ x, y }: Point) => `${round(x)} ${round(y)}`

/** To a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10
