import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A reader who goes from moment to moment stays where the arrow keys work. */
const isTravelling = () => document.activeElement?.closest('.time-bar') != null

/** The page's heading; it takes the focus after a navigation, so that screen readers announce the page. */
export function Heading({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · NOFX`
    if (location.hash === '' && !isTravelling()) heading.current?.focus({ preventScroll: true })
  }, [title])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  )
}
