/** A box by its middle. */
export interface Placed {
  id: string
  x: number
  y: number
}

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

/** How much a step to the side counts, beside one in the direction. */
const ASIDE = 2

/** The box that a reader means by an arrow key: the nearest one that lies more in the direction than aside. */
export function nearestBox<Box extends Placed>(
  boxes: readonly Box[],
  from: Placed,
  direction: Direction,
): Box | undefined {
  const isVertical = direction === 'ArrowUp' || direction === 'ArrowDown'
  const sign = direction === 'ArrowDown' || direction === 'ArrowRight' ? 1 : -1
  let best: { box: Box; distance: number } | undefined
  for (const box of boxes) {
    const [dx, dy] = [box.x - from.x, box.y - from.y]
    const ahead = sign * (isVertical ? dy : dx)
    const aside = Math.abs(isVertical ? dx : dy)
    // Boxes of one row differ in height, so their middles are not quite on a line.
    if (box.id === from.id || ahead < 1 || (!isVertical && aside > ahead)) continue
    const distance = ahead + ASIDE * aside
    if (!best || distance < best.distance) best = { box, distance }
  }
  return best?.box
}
