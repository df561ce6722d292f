import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { type From, PRODUCTION } from '../../data/queries.ts'
import { withQuery } from '../../model/address/url-state.ts'
import { useBracketKeys } from '../shell/bracket-keys.ts'
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

interface Shown {
  from: From
  to: number
  newest: number
}

/** `s` changes between the unified and the split view, `[` and `]` lead to the change before and after this one. */
export function useVersionKeys({ from, to, newest }: Shown): void {
  const [path, navigate] = useLocation()
  // The address is ahead of what is drawn while keys follow each other quickly.
  const set = (changes: Record<string, string | undefined>) =>
    navigate(path + withQuery(location.search, changes))
  useBracketKeys((step) => {
    const query = new URLSearchParams(location.search)
    const [first, second] = [query.get('from') ?? from, Number(query.get('to') ?? to)]
    // Production is what it is: the version beside it changes alone.
    const both = first === PRODUCTION ? [second] : [Number(first), second]
    if (Math.min(...both) + step < 1 || Math.max(...both) + step > newest) return
    const next = first === PRODUCTION ? first : Number(first) + step
    set({ from: String(next), to: String(second + step) })
  })
  const current = useRef(set)
  current.current = set
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTyping(event) || event.key !== 's') return
      const isSplit = new URLSearchParams(location.search).get('view') === 'split'
      current.current({ view: isSplit ? undefined : 'split' })
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}
