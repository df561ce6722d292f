import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'

/** How far each entry of the browser's history was scrolled. */
const places = new Map<string, number>()
/** How long a page may take until it is high enough, in ms. */
const PATIENCE = 3000

/** Whether a place is being returned to: scrolling by the browser itself is then not remembered. */
let isReturning = false

/** A page that is opened begins at its top; Back and Forward lead to the place that was left. */
export function useScrollMemory(): void {
  const [path] = useLocation()
  const search = useSearch()
  const shown = useRef<string>()
  useEffect(() => {
    history.scrollRestoration = 'manual'
    const leave = () => {
      const entry = entryName()
      if (entry !== undefined && !isReturning) places.set(entry, scrollY)
    }
    addEventListener('scroll', leave, { passive: true })
    return () => removeEventListener('scroll', leave)
  }, [])
  useLayoutEffect(() => {
    const isSamePage = shown.current === path
    shown.current = path
    const entry = entryName()
    if (entry === undefined) {
      nameEntry()
      // A choice on the page, such as the split view, leaves the reader where he is.
      if (isSamePage || location.hash !== '') return undefined
    }
    return scrollWhenHigh(entry === undefined ? 0 : (places.get(entry) ?? 0))
  }, [path, search])
}

/** Scrolls as soon as the page is high enough, unless the reader scrolls first. */
function scrollWhenHigh(target: number): () => void {
  const ends = performance.now() + PATIENCE
  let frame = 0
  isReturning = true
  const stop = () => {
    cancelAnimationFrame(frame)
    isReturning = false
  }
  const look = () => {
    const room = document.documentElement.scrollHeight - innerHeight
    if (room < target && performance.now() < ends) {
      frame = requestAnimationFrame(look)
      return
    }
    stop()
    scrollTo({ top: target, behavior: 'instant' })
  }
  look()
  for (const event of ['wheel', 'touchstart']) addEventListener(event, stop, { once: true, passive: true })
  return stop
}

/** The name of the current entry of the history; undefined for one that was just made. */
function entryName(): string | undefined {
  const state: unknown = history.state
  const name = typeof state === 'object' && state !== null && 'entry' in state ? state.entry : undefined
  return typeof name === 'string' ? name : undefined
}

/** Names the current entry, so that a return to it is told from a new visit of the same address. */
function nameEntry(): void {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  const entry = number.toString(36)
  places.set(entry, scrollY)
  history.replaceState({ ...history.state, entry }, '')
}
