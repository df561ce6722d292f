import type { Preview } from '../../data/operations.ts'
import { tellSpan } from '../../model/time/relative-time.ts'
import { useMinute } from '../words/time.tsx'

/** A preview that ends within a day is marked. */
const SOON = 24 * 3_600_000

/** When a preview ends. */
export function Ends({ preview: { state, expired, expiresAt } }: { preview: Preview }) {
  const left = Date.parse(expiresAt) - useMinute()
  if (state === 'closing') return <span class="is-attention">is being removed</span>
  if (expired || left <= 0) return <span class="is-danger">expired</span>
  return (
    <time class={left < SOON ? 'is-attention' : 'soft'} dateTime={expiresAt} title={expiresAt}>
      ends in {tellSpan(left)}
    </time>
  )
}
