import { useMemo } from 'preact/hooks'
import { useSearch } from 'wouter-preact'
import { readMoment } from '../model/address/read-moment.ts'

/** Where and when a page looks: the environment, and the time in the past if the reader travels. */
export interface Moment {
  env?: string
  /** The time that the address names; absent for now. */
  at?: string
  /** Whether the page shows the past: nothing can be moved from there. */
  isPast: boolean
}

/** Why a move is disabled while the page shows the past. */
export const PAST_REASON = 'This page shows the past. Return to now to move anything.'

/** The moment that the address names. */
export function useMoment(): Moment {
  const search = useSearch()
  return useMemo(() => readMoment(search), [search])
}
