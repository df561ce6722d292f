import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { lacks, useSession } from '../../data/session.ts'
import { Link } from '../words/link.tsx'

/** Sections that are opened less often: those of the bar are among them where it has no room for them. */
const MORE = [
  ['releases', 'Releases', 'is-narrow-only'],
  ['feed', 'Feed', 'is-narrow-only'],
  ['previews', 'Previews', 'is-narrower-only'],
  ['reports', 'Reports', 'is-narrower-only'],
  ['check', 'Check', undefined],
  ['plans', 'Plans', undefined],
  ['runs', 'Runs', undefined],
  ['webhooks', 'Webhooks', undefined],
] as const

/** Sections that a place may lack. */
const isOptional = (section: string) => section === 'runs' || section === 'previews'

/** The sections that do not stand in the bar. */
export function MoreMenu() {
  const [path] = useLocation()
  const session = useSession()
  const menu = useRef<HTMLDetailsElement>(null)
  const here = path.split('/')[1]
  useEffect(() => menu.current?.removeAttribute('open'), [path])
  useEffect(() => {
    const close = (event: Event) => {
      const isKey = event instanceof KeyboardEvent
      if (isKey ? event.key !== 'Escape' : menu.current?.contains(event.target as Node)) return
      if (isKey && menu.current?.open) menu.current.querySelector('summary')?.focus()
      menu.current?.removeAttribute('open')
    }
    addEventListener('pointerdown', close)
    addEventListener('keydown', close)
    return () => {
      removeEventListener('pointerdown', close)
      removeEventListener('keydown', close)
    }
  }, [])
  const place = MORE.find(([name]) => name === here)
  const mark = place ? (place[2] ? 'is-here-narrow' : 'is-here') : ''
  return (
    <details class="menu" ref={menu}>
      <summary class={`section ${mark}`}>More</summary>
      <ul class="menu-list">
        {MORE.filter(([name]) => !isOptional(name) || !lacks(session, name)).map(
          ([name, title, whenSeen]) => (
            <li key={name} class={whenSeen}>
              <Link to={`/${name}`} class="menu-item" current={here === name}>
                {title}
              </Link>
            </li>
          ),
        )}
      </ul>
    </details>
  )
}
