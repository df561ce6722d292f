import { useRef } from 'preact/hooks'
import { CLOSER, type Control, FARTHER } from './use-view.ts'

/** Pixels that a pointer may move in a click. */
const CLICK = 4

/** Dragging moves the picture, Ctrl and the wheel zoom it; the wheel alone scrolls the page as everywhere. */
export function usePointer({ pan, zoom }: Control) {
  const drag = useRef<{ x: number; y: number; moved: number }>()
  const move = (event: PointerEvent) => {
    const from = drag.current
    if (!from) return
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
    const moved = from.moved + Math.abs(dx) + Math.abs(dy)
    drag.current = { x: event.clientX, y: event.clientY, moved }
    if (moved <= CLICK) return
    const svg = event.currentTarget as SVGSVGElement
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId)
    pan(dx, dy)
  }
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, moved: 0 }
    },
    onPointerMove: move,
    onPointerUp: () => {
      drag.current = undefined
    },
    onPointerCancel: () => {
      drag.current = undefined
    },
    onWheel: (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { left, top } = (event.currentTarget as Element).getBoundingClientRect()
      const around = { x: event.clientX - left, y: event.clientY - top }
      zoom(event.deltaY < 0 ? CLOSER : FARTHER, around)
    },
  }
}
