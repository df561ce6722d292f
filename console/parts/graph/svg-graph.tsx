import { useMemo, useRef, useState } from 'preact/hooks'
import { arrange, type Box } from '../../../src/core/graph/arrange.ts'
import { nearestBox } from '../../model/graphs/nearest-box.ts'
import { showHidden } from '../../model/texts/hidden-marks.ts'
import { GraphArrow, GraphBox, Heads } from './graph-shapes.tsx'
import { GraphTools } from './graph-tools.tsx'
import { usePointer } from './use-pointer.ts'
import { CLOSER, type Control, FARTHER, useView } from './use-view.ts'

/** A box of a picture. */
export interface GraphNode {
  id: string
  label: string
  notes: readonly string[]
  /** Where the box leads. */
  href: string
  open?: (event: MouseEvent) => void
  isChosen?: boolean
  /** Whether it is the one that the page is about. */
  isCentre?: boolean
}

export interface GraphProps {
  nodes: readonly GraphNode[]
  /** An arrow that is not met is drawn as broken. */
  edges: readonly { from: string; to: string; met?: boolean }[]
  /** What the picture shows, for readers who do not see it. */
  label: string
  /** The name of the file that the picture is saved as. */
  file: string
}

/** Longest line of a box, in characters; the list beside the picture has the whole text. */
const LONGEST = 64

/** Boxes and arrows. One box takes the focus, the arrow keys move it; the picture is moved and zoomed. */
export function SvgGraph({ nodes, edges, label, file }: GraphProps) {
  const layout = useMemo(() => arrange({ nodes: nodes.map(shorten), edges }), [nodes, edges])
  const frame = useRef<HTMLElement>(null)
  const control = useView(frame, layout)
  const pointer = usePointer(control)
  const { current, press } = useBoxKeys(frame, layout.boxes, control)
  const { view, frame: size } = control
  const broken = new Set(edges.filter(({ met }) => met === false).map(keyOf))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return (
    <div class="graph">
      <section
        ref={frame}
        aria-label={label}
        class="graph-frame"
        style={{ height: `${Math.min(layout.height + 2, 640)}px` }}
      >
        <svg
          viewBox={`${view.x} ${view.y} ${size.width / view.scale} ${size.height / view.scale}`}
          onKeyDown={press}
          {...pointer}
        >
          <title>{label}</title>
          <Heads />
          {layout.arrows.map((arrow) => (
            <GraphArrow key={keyOf(arrow)} {...arrow} isBroken={broken.has(keyOf(arrow))} />
          ))}
          {layout.boxes.map((box) => (
            <NodeBox key={box.id} box={box} node={byId.get(box.id)} isStop={box.id === current} />
          ))}
        </svg>
      </section>
      <GraphTools control={control} frame={frame} layout={layout} file={file} />
    </div>
  )
}

const keyOf = ({ from, to }: { from: string; to: string }) => JSON.stringify([from, to])

function NodeBox({ box, node, isStop }: { box: Box; node?: GraphNode; isStop: boolean }) {
  if (!node) return null
  const { href, open, isChosen = false, isCentre = false } = node
  return (
    <GraphBox box={box} href={href} open={open} isStop={isStop} isChosen={isChosen} isCentre={isCentre} />
  )
}

/** The box that has the focus, and what keys do. */
function useBoxKeys(
  frame: { current: HTMLElement | null },
  boxes: readonly Box[],
  control: Control,
): { current?: string; press: (event: KeyboardEvent) => void } {
  const [focused, setFocused] = useState<string>()
  const current = boxes.find(({ id }) => id === focused) ?? boxes[0]
  const press = (event: KeyboardEvent) => {
    const next = keyPress(event, boxes, current, control)
    if (!next) return
    event.preventDefault()
    setFocused(next.id)
    control.reveal(next)
    const element = frame.current?.querySelectorAll<SVGElement>('.box')[boxes.indexOf(next)]
    element?.focus({ preventScroll: true })
  }
  return { current: current?.id, press }
}

/** The box that a key leads to; keys for the zoom lead to none. */
function keyPress(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  boxes: readonly Box[],
  from: Box | undefined,
  control: Control,
): Box | undefined {
  if (ctrlKey || metaKey || altKey || !from) return undefined
  if (key === '+') control.zoom(CLOSER)
  else if (key === '-') control.zoom(FARTHER)
  else if (key === '0') control.fit()
  else if (key === 'Home') return boxes[0]
  else if (key === 'End') return boxes.at(-1)
  else if (isDirection(key)) return nearestBox(boxes, from, key)
  return undefined
}

const isDirection = (key: string) =>
  key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight'

function shorten({ id, label, notes }: GraphNode) {
  return { id, label: cut(label), notes: notes.map(cut) }
}

function cut(text: string): string {
  const signs = [...showHidden(text)]
  return signs.length > LONGEST ? `${signs.slice(0, LONGEST - 1).join('')}…` : signs.join('')
}
