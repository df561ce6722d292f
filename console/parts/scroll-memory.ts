import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'

/** How far each entry of the browser's history was scrolled. */
const places = new Map<string, number>()
/** How long a page may take until it is high enough, in ms. */
const PATIENCE = 3000

/** A page that is opened begins at its top; Back and Forward lead to the place that was left. */
export function useScrollMemory(): void {
  const [path] = useLocation()
  const isReturn = useRef(false)
  useEffect(() => {
    history.scrollRestoration = 'manual'
    const leave = () => places.set(entryKey(), scrollY)
    const back = () => {
      isReturn.current = true
    }
    addEventListener('scrollend', leave)
    addEventListener('popstate', back)
    return () => {
      removeEventListener('scrollend', leave)
      removeEventListener('popstate', back)
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
  const stop = () => cancelAnimationFrame(frame)
  const look = () => {
    const room = document.documentElement.scrollHeight - innerHeight
    if (room >= target || performance.now() > ends) scrollTo({ top: target, behavior: 'instant' })
    else frame = requestAnimationFrame(look)
  }
  look()
  for (const event of ['wheel', 'touchstart', 'keydown']) addEventListener(event, stop, { once: true })
  return stop
}

/** Browsers of the last years name the entries of their history. */
type WithEntries = typeof window & { navigation?: { currentEntry: { key: string } | null } }

/** Names the entry of the history; in a browser without such names an address has one place. */
function entryKey(): string {
  const { navigation } = window as WithEntries
  return navigation?.currentEntry?.key ?? location.href
}
