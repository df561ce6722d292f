import type { GraphFormat } from './format.ts'
import { inOrder } from './order.ts'

/**
 * A graph for the terminal in the style of `git log --graph`, from first to last. A lane represents a node that is
 * still to come; every node that comes before it joins that lane, so that the picture stays narrow however wide the
 * plan is.
 */
export const drawText: GraphFormat = (graph) => {
  const lanes: (string | undefined)[] = []
  const rows: { art: string; text: string }[] = []
  for (const { id, label, notes } of inOrder(graph)) {
    const own = takeLane(lanes, id)
    lanes[own] = undefined
    rows.push({ art: laneArt(lanes, own, '●'), text: [label, ...notes].join(' · ') })
    const targets = graph.edges.filter(({ from, to }) => from === id && to !== id).map(({ to }) => to)
    const before = lanes.map((lane) => lane !== undefined)
    const joined = targets.map((to, index) => join(lanes, to, index === 0 ? own : undefined))
    if (joined.some((lane) => lane !== own)) rows.push({ art: joints(own, joined, before, lanes), text: '' })
    while (lanes.length > 0 && lanes.at(-1) === undefined) lanes.pop()
  }
  const width = Math.max(0, ...rows.map(({ art }) => art.length))
  return rows.map(({ art, text }) => `${art.padEnd(width)}  ${text}`.trimEnd()).join('\n')
}

/** The lane that waits for a node, or a free lane. */
function takeLane(lanes: (string | undefined)[], id: string): number {
  const waiting = lanes.indexOf(id)
  if (waiting >= 0) return waiting
  const free = lanes.indexOf(undefined)
  return free >= 0 ? free : lanes.length
}

/**
 * Assigns a lane to a coming node: the lane that already waits for it, otherwise the wanted lane, otherwise a free
 * lane.
 */
function join(lanes: (string | undefined)[], id: string, length: number | undefined): number {
  const waiting = lanes.indexOf(id)
  const lane = waiting >= 0 ? waiting : (length ?? takeLane(lanes, id))
  lanes[lane] = id
  return lane
}

function laneArt(lanes: readonly (string | undefined)[], own: number, sign: string): string {
  const cells = Array.from({ length: Math.max(lanes.length, own + 1) }, (_, lane) =>
    lane === own ? sign : lanes[lane] === undefined ? ' ' : '│',
  )
  return cells.join(' ')
}

/**
 * The row below a node that branches to several lanes, or joins an existing lane: a line from its own lane to each.
 */
function joints(
  own: number,
  joined: readonly number[],
  before: readonly boolean[],
  after: readonly (string | undefined)[],
): string {
  const ends = [own, ...joined]
  const [left, right] = [Math.min(...ends), Math.max(...ends)]
  let row = ''
  for (let lane = 0; lane < Math.max(after.length, own + 1); lane++) {
    const up = lane === own || before[lane] === true
    const down = after[lane] !== undefined
    const touches = ends.includes(lane)
    const west = lane > left && lane <= right
    const east = lane >= left && lane < right
    row += touches ? corner(up, down, west, east) : up && down ? '│' : west ? '─' : ' '
    row += east ? '─' : ' '
  }
  return row.trimEnd()
}

const CORNERS: Record<string, string> = {
  'up,down,west,east': '┼',
  'up,down,west': '┤',
  'up,down,east': '├',
  'up,west,east': '┴',
  'down,west,east': '┬',
  'up,west': '╯',
  'up,east': '╰',
  'down,west': '╮',
  'down,east': '╭',
  'up,down': '│',
}

function corner(up: boolean, down: boolean, west: boolean, east: boolean): string {
  const arms = Object.entries({ up, down, west, east }).flatMap(([arm, there]) => (there ? [arm] : []))
  return CORNERS[arms.join()] ?? '─'
}
