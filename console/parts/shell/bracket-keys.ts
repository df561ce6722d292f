import { useEffect, useRef } from 'preact/hooks'
import { isTyping } from './keys.ts'

/** Calls `go` for the keys `[` and `]`, which lead to older and newer versions. */
export function useBracketKeys(go: (step: -1 | 1) => void): void {
  const current = useRef(go)
  current.current = go
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event)) return
      if (event.key === '[') current.current(-1)
      if (event.key === ']') current.current(1)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
