import { useEffect, useState } from 'preact/hooks'

/** What the address names after its `#`. */
export function useHash(): string {
  const [hash, setHash] = useState(readHash)
  useEffect(() => {
    const change = () => setHash(readHash())
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  return hash
}

/** A click on a line's number puts the line into the address, to be copied from there. */
export function useLineLinks(): void {
  useEffect(() => {
    const click = ({ target, clientX }: MouseEvent) => {
      const line = target instanceof Element ? target.closest<HTMLElement>('.line-of-patch[id]') : null
      if (!line) return
      const numbers = Number.parseFloat(getComputedStyle(line).paddingInlineStart)
      if (clientX - line.getBoundingClientRect().left < numbers)
        location.replace(`#${encodeURIComponent(line.id)}`)
    }
    addEventListener('click', click)
    return () => removeEventListener('click', click)
  }, [])
}

function readHash(): string {
  try {
    return decodeURIComponent(location.hash.slice(1))
  } catch {
    // A `%` that begins no escape.
    return location.hash.slice(1)
  }
}
