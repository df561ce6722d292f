import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import { hasEnded, isGoing } from '../model/runs/run-words.ts'
import { api, type Ok, receive } from './client.ts'
import { timed } from './queries.ts'

export type RunSummary = Ok<'listRuns'>['items'][number]
export type Run = Ok<'showRun'>
export type RunStep = Run['steps'][number]
export type RunTask = Run['rollback'][number]

/** The states that a list is filtered by. */
export const STATES = [
  'running',
  'paused',
  'interrupted',
  'done',
  'failed',
  'rolled-back',
  'rollback-failed',
] as const satisfies readonly RunSummary['state'][]

/** The filters of the runs, as the address has them. */
export interface RunFilters {
  state?: RunSummary['state']
  template?: string
  planId?: string
}

/** How often runs are read again, in ms, and those that may move: no event of the registry tells of them. */
const OFTEN = 5_000
export const SOON = 3_000

/** Runs, newest first. */
export function useRuns(filters: RunFilters) {
  return useInfiniteQuery({
    queryKey: ['runs', filters],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
    queryFn: ({ signal, pageParam }) => {
      const query = { ...filters, limit: 50, cursor: pageParam }
      return timed(receive(api.GET('/api/runs', { params: { query }, signal })))
    },
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ body }) => body.items.some(({ state }) => isGoing(state))) ? SOON : OFTEN,
  })
}

/** One run with its steps. */
export function useRun(runId: string) {
  return useQuery({
    queryKey: ['run', runId],
    staleTime: 0,
    queryFn: ({ signal }) =>
      timed(receive(api.GET('/api/runs/{runId}', { params: { path: { runId } }, signal }))),
    refetchInterval: ({ state: { data } }) => (data && !hasEnded(data.body.state) ? SOON : OFTEN),
  })
}
