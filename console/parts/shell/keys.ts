import { useEffect } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { carryQuery } from '../../model/url-state.ts'

/** Where `g` and a second key lead. */
const PLACES: Readonly<Record<string, string>> = {
  a: '/agents',
  t: '/templates',
  r: '/releases',
  f: '/feed',
  n: '/',
}

/** Keys of every page: `/` for the search, `g a`, `g t`, `g r`, `g f` and `g n` for the sections. Off while typing. */
export function useKeys(): void {
  const [, navigate] = useLocation()
  const search = useSearch()
  useEffect(() => {
    let before = ''
    const press = (event: KeyboardEvent) => {
      if (isTyping(event)) return
      const place = before === 'g' ? PLACES[event.key] : undefined
      before = event.key
      if (place !== undefined) navigate(carryQuery(place, search))
      if (event.key !== '/') return
      event.preventDefault()
      document.getElementById('search')?.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [navigate, search])
}

/** Whether a key belongs to a field, or to the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true
  return event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null
}
