import { type Box, drawLine, LINE, PADDING, type Point } from '../../../src/core/graph/arrange.ts'

/** The heads of arrows, which their paths name. */
export function Heads() {
  return (
    <defs>
      {['head', 'head-broken'].map((id) => (
        <marker
          key={id}
          id={id}
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8z" class={id} />
        </marker>
      ))}
    </defs>
  )
}

interface ArrowProps {
  from: string
  to: string
  points: readonly Point[]
  /** What the arrow asks for is not there. */
  isBroken: boolean
}

/** A line from box to box. */
export function GraphArrow({ from, to, points, isBroken }: ArrowProps) {
  return (
    <path
      class={isBroken ? 'arrow is-broken' : 'arrow'}
      d={drawLine(points)}
      data-from={from}
      data-to={to}
      marker-end={`url(#${isBroken ? 'head-broken' : 'head'})`}
    />
  )
}

interface BoxProps {
  box: Box
  href: string
  isChosen: boolean
  isCentre: boolean
  /** Whether the Tab key leads here. */
  isStop: boolean
  /** Replaces what a click does. */
  open?: (event: MouseEvent) => void
}

/** A box with its lines; the first one is its name. */
export function GraphBox({ box, href, isChosen, isCentre, isStop, open }: BoxProps) {
  const { id, x, y, width, height, lines } = box
  const [left, top] = [x - width / 2, y - height / 2]
  return (
    <a
      class={`box ${isChosen ? 'is-chosen' : ''} ${isCentre ? 'is-centre' : ''}`}
      href={href}
      data-id={id}
      aria-current={isChosen ? 'true' : undefined}
      tabIndex={isStop ? 0 : -1}
      draggable={false}
      onClick={open}
    >
      <rect x={left} y={top} width={width} height={height} rx="6" />
      {lines.map((line, at) => (
        <text
          key={`${at} ${line}`}
          x={x}
          y={top + PADDING / 2 + LINE * (at + 0.72)}
          class={at === 0 ? 'box-name' : 'box-note'}
        >
          {/* The blank divides the lines for readers who hear them. */}
          {`${line} `}
        </text>
      ))}
    </a>
  )
}
