import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { Link } from '../words/link.tsx'

/** Sections that are opened less often: on a narrow screen those of the bar are among them. */
const MORE = [
  ['releases', 'Releases', true],
  ['previews', 'Previews', true],
  ['reports', 'Reports', true],
  ['check', 'Check', false],
  ['plans', 'Plans', false],
  ['webhooks', 'Webhooks', false],
] as const

/** The sections that do not stand in the bar. */
export function MoreMenu() {
  const [path] = useLocation()
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
        {MORE.map(([name, title, isInBar]) => (
          <li key={name} class={isInBar ? 'is-narrow-only' : undefined}>
            <Link to={`/${name}`} class="menu-item" current={here === name}>
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </details>
  )
}
