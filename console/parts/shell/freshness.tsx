import { useIsFetching, useQueryClient } from '@tanstack/preact-query'
import { useEffect, useState } from 'preact/hooks'
import { useFeed } from '../../data/feed/feed.ts'
import { useMoment } from '../../data/moment.ts'
import { isOutage } from '../../data/problem.ts'
import { Time } from '../words/time.tsx'

/** As of when the page is, at every moment. */
export function Freshness() {
  const { at } = useMoment()
  if (at === undefined) return <FreshnessNow />
  return (
    <span class="freshness is-attention" title={at}>
      the past, <Time iso={at} />
    </span>
  )
}

/** As of when the page is: the oldest answer that it shows, and whether the server answers. */
function FreshnessNow() {
  const { asOf, isOut } = useFreshness()
  const { state, heardAt } = useFeed()
  useIsFetching()
  if (asOf === undefined) return <span class="freshness" />
  if (isOut) return <span class="freshness is-attention">No answer, as of {clock.format(asOf)}</span>
  if (state === 'live')
    return (
      <span class="freshness soft">
        <span class="status is-live">
          <span class="dot" aria-hidden="true" />
          live
        </span>
        <span class="as-of">, as of {clock.format(Math.max(asOf, heardAt ?? asOf))}</span>
      </span>
    )
  return (
    <span class="freshness soft">
      as of {clock.format(asOf)}
      {(state === 'polling' || state === 'out') && ', checking every 30 s'}
    </span>
  )
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** What the queries of the shown page know. */
export function useFreshness(): { asOf?: number; isOut: boolean } {
  const client = useQueryClient()
  const [, draw] = useState({})
  useEffect(() => client.getQueryCache().subscribe(() => queueMicrotask(() => draw({}))), [client])
  const shown = client.getQueryCache().findAll({ type: 'active' })
  const times = shown.map(({ state }) => timeOf(state.data)).filter((time) => time !== undefined)
  return {
    asOf: times.length > 0 ? Math.min(...times) : undefined,
    isOut: shown.some(({ state }) => hasNoAnswer(state.error ?? state.fetchFailureReason)),
  }
}

const hasNoAnswer = (error: Error | null) => error !== null && isOutage(error)

/** The time of an answer, or of the newest page of a list. */
function timeOf(data: unknown): number | undefined {
  const value = data as { asOf?: number; pages?: { asOf?: number }[] } | undefined
  return value?.asOf ?? value?.pages?.[0]?.asOf
}
