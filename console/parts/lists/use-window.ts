import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Rows above and below the screen that are drawn as well, so that a fast scroll shows no gap. */
const SPARE = 10

/** The heights of a row in px, as `style/lists.css` sets them. */
const HEIGHT = 36
const NARROW_HEIGHT = 64
const narrow = matchMedia('(max-width: 720px)')

/** The height of a row on this screen, in px. */
export function useRowHeight(): number {
  const [isNarrow, setNarrow] = useState(narrow.matches)
  useEffect(() => {
    const change = () => setNarrow(narrow.matches)
    narrow.addEventListener('change', change)
    return () => narrow.removeEventListener('change', change)
  }, [])
  return isNarrow ? NARROW_HEIGHT : HEIGHT
}

/**
 * Which of many rows of one height are near the screen.
 * @param box the element that holds the rows; the window scrolls it
 * @param height of a row, in px
 * @returns `first` is drawn, `last` is the first one after it that is not
 */
export function useWindow(
  box: RefObject<HTMLElement>,
  count: number,
  height: number,
): { first: number; last: number } {
  const [top, setTop] = useState(0)
  useEffect(() => {
    const measure = () => setTop(-(box.current?.getBoundingClientRect().top ?? 0))
    measure()
    addEventListener('scroll', measure, { passive: true })
    addEventListener('resize', measure)
    return () => {
      removeEventListener('scroll', measure)
      removeEventListener('resize', measure)
    }
  }, [box])
  const shown = Math.ceil(innerHeight / height) + 2 * SPARE
  const first = Math.max(0, Math.min(count - shown, Math.floor(top / height) - SPARE))
  return { first, last: Math.min(count, first + shown) }
}
