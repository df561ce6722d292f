import { useEffect } from 'preact/hooks'
import { useLocation, useSearch } from 'wouter-preact'
import { createStore, useStore } from '../../data/store.ts'
import { carryQuery } from '../../model/address/url-state.ts'

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
      if (event.key === '?') helpIsOpen.set(true)
      if (event.key !== '/') return
      event.preventDefault()
      document.getElementById('search')?.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [navigate, search])
}

/** Whether the list of keys is shown. */
export const helpIsOpen = createStore(false)

const OFF = 'nofx-keys-off'
const areOff = createStore(localStorage.getItem(OFF) !== null)

/** Single keys can be switched off on this device: speech input and some assistive tools type letters on their own. */
export function switchKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF)
  else localStorage.setItem(OFF, '1')
  areOff.set(!on)
}

/** Whether single keys act. */
export const useKeysAreOn = (): boolean => !useStore(areOff)

/** Whether a key belongs to a field, to the browser or to a dialog, or keys are switched off. */
export function isTyping(event: KeyboardEvent): boolean {
  if (areOff.get() || event.ctrlKey || event.metaKey || event.altKey) return true
  return (
    event.target instanceof HTMLElement && event.target.closest('input, textarea, select, dialog') !== null
  )
}
