import { useIsFetching, useQueryClient } from '@tanstack/preact-query'
import { useEffect, useState } from 'preact/hooks'
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
  useIsFetching()
  if (asOf === undefined) return <span class="freshness" />
  return (
    <span class={`freshness ${isOut ? 'is-attention' : 'soft'}`} role="status">
      {isOut ? 'No answer, ' : ''}as of {clock.format(asOf)}
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
    isOut: shown.some(({ state }) => state.error !== null && isOutage(state.error)),
  }
}

/** The time of an answer, or of the newest page of a list. */
function timeOf(data: unknown): number | undefined {
  const value = data as { asOf?: number; pages?: { asOf?: number }[] } | undefined
  return value?.asOf ?? value?.pages?.[0]?.asOf
}
