import type { ComponentChildren } from 'preact'
import { Fragment } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** The height of a line of code, in px, as `style/patch.css` sets it. */
const LINE = 20

interface BlockProps {
  rows: readonly { key: string; draw: () => ComponentChildren }[]
  isAlwaysShown: boolean
}

/** Lines that are in the document while they are near the screen; else a space of their height. */
export function Block({ rows, isAlwaysShown }: BlockProps) {
  const box = useRef<HTMLDivElement>(null)
  const [isNear, setNear] = useState(false)
  const [height, setHeight] = useState(rows.length * LINE)
  useEffect(() => {
    if (isAlwaysShown || !box.current) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1)
        if (!entry) return
        // Long lines are folded, so the real height is known only after the lines were drawn.
        if (!entry.isIntersecting && entry.boundingClientRect.height > 0)
          setHeight(entry.boundingClientRect.height)
        setNear(entry.isIntersecting)
      },
      { rootMargin: '600px 0px' },
    )
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [isAlwaysShown])
  const isShown = isAlwaysShown || isNear
  return (
    <div ref={box} style={isShown ? undefined : { height: `${height}px` }}>
      {isShown && rows.map(({ key, draw }) => <Fragment key={key}>{draw()}</Fragment>)}
    </div>
  )
}
