import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'

/** How far each entry of the browser's history was scrolled. */
const places = new Map<string, number>()
/** How long a page may take until it is high enough, in ms. */
const PATIENCE = 3000

/** Whether a place is being returned to: scrolling by the browser itself is then not remembered. */
let isReturning = false

/** A page that is opened begins at its top; Back and Forward lead to the place that was left. */
export function useScrollMemory(): void {
  const [path] = useLocation()
  const isReturn = useRef(false)
  useEffect(() => {
    history.scrollRestoration = 'manual'
    const leave = () => {
      if (!isReturning) places.set(entryKey(), scrollY)
    }
    const back = () => {
      isReturn.current = true
      isReturning = true
    }
    addEventListener('scroll', leave, { passive: true })
    // Before the router's listener: the page is drawn as soon as that one has returned.
    addEventListener('popstate', back, { capture: true })
    return () => {
      removeEventListener('scroll', leave)
      removeEventListener('popstate', back, { capture: true })
    }
  }, [])
  useLayoutEffect(() => {
    if (location.hash !== '') return undefined
    const target = isReturn.current ? (places.get(entryKey()) ?? 0) : 0
    isReturn.current = false
    return scrollWhenHigh(target)
  }, [path])
}

/** Scrolls as soon as the page is high enough, unless the reader scrolls first. */
function scrollWhenHigh(target: number): () => void {
  const ends = performance.now() + PATIENCE
  let frame = 0
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

/** Browsers of the last years name the entries of their history. */
type WithEntries = typeof window & { navigation?: { currentEntry: { key: string } | null } }

/** Names the entry of the history; in a browser without such names an address has one place. */
function entryKey(): string {
  const { navigation } = window as WithEntries
  return navigation?.currentEntry?.key ?? location.href
}
