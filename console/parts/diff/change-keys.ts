import { useEffect } from 'preact/hooks'
import { isTyping } from '../shell/keys.ts'

/** The first line of each run of changed lines. */
const RUNS = ':is(ins, del).line-of-patch:first-child, div.line-of-patch + :is(ins, del).line-of-patch'

/** `n` and `p` go to the next and the previous change. */
export function useChangeKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || (event.key !== 'n' && event.key !== 'p')) return
      const runs = [...document.querySelectorAll(RUNS)]
      const middle = innerHeight / 3
      const next = runs.find((run) => run.getBoundingClientRect().top > middle + 1)
      const previous = runs.findLast((run) => run.getBoundingClientRect().top < middle - 1)
      const target = event.key === 'n' ? next : previous
      if (target) scrollBy({ top: target.getBoundingClientRect().top - middle })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
