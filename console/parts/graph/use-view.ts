import type { RefObject } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'

/** The part of a picture that is seen: its upper left corner in the picture, and pixels of the screen for one of it. */
export interface View {
  x: number
  y: number
  scale: number
}

interface Size {
  width: number
  height: number
}

/** Text stays readable at this scale; a picture that is larger is moved. */
const READABLE = 0.7
const LARGEST = 2
const SMALLEST = 0.02
const STEP = 1.25

export interface Control {
  view: View
  /** The size of the frame on the screen. */
  frame: Size
  zoom(factor: number, around?: { x: number; y: number }): void
  pan(dx: number, dy: number): void
  /** Shows all of it. */
  fit(): void
  /** Moves the picture so that a box is seen. */
  reveal(box: { x: number; y: number; width: number; height: number }): void
}

/** Pan and zoom of a picture in a frame. */
export function useView(box: RefObject<HTMLElement>, picture: Size): Control {
  const frame = useFrame(box)
  const [view, setView] = useState<View>()
  const shown = view ?? startView(picture, frame)
  const zoom = useCallback(
    (factor: number, around?: { x: number; y: number }) => {
      const scale = clamp(shown.scale * factor, SMALLEST, LARGEST)
      const { x, y } = around ?? { x: frame.width / 2, y: frame.height / 2 }
      setView({
        scale,
        x: shown.x + x / shown.scale - x / scale,
        y: shown.y + y / shown.scale - y / scale,
      })
    },
    [shown, frame],
  )
  const pan = (dx: number, dy: number) =>
    setView({ ...shown, x: shown.x - dx / shown.scale, y: shown.y - dy / shown.scale })
  const fit = () => setView(centred(picture, frame, Math.min(1, scaleOf(picture, frame))))
  const reveal: Control['reveal'] = ({ x, y, width, height }) => {
    const [left, top] = [(x - width / 2 - shown.x) * shown.scale, (y - height / 2 - shown.y) * shown.scale]
    const [right, bottom] = [left + width * shown.scale, top + height * shown.scale]
    if (left >= 0 && top >= 0 && right <= frame.width && bottom <= frame.height) return
    setView({ ...shown, x: x - frame.width / 2 / shown.scale, y: y - frame.height / 2 / shown.scale })
  }
  return { view: shown, frame, zoom, pan, fit, reveal }
}

/** Steps of the buttons and keys. */
export const CLOSER = STEP
export const FARTHER = 1 / STEP

/** All of the picture if it can be read then, else its upper part. */
function startView(picture: Size, frame: Size): View {
  const scale = clamp(scaleOf(picture, frame), READABLE, 1)
  const whole = centred(picture, frame, scale)
  return picture.height * scale > frame.height ? { ...whole, y: 0 } : whole
}

const scaleOf = (picture: Size, frame: Size) =>
  Math.max(SMALLEST, Math.min(frame.width / picture.width, frame.height / picture.height))

const centred = (picture: Size, frame: Size, scale: number): View => ({
  scale,
  x: picture.width / 2 - frame.width / 2 / scale,
  y: picture.height / 2 - frame.height / 2 / scale,
})

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))

function useFrame(box: RefObject<HTMLElement>): Size {
  const [size, setSize] = useState<Size>({ width: 600, height: 400 })
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const observer = new ResizeObserver(() =>
      setSize({ width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) }),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return size
}
