import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { components } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { serverNow } from './clock.ts'

type Schemas = components['schemas']
/** A kind's id. The document lists the kinds of this server; a page's URL may name any. */
export type KindId = 'agents' | 'templates'
export type Definition = Schemas['Definition']
export type Row = Schemas['DefinitionList']['items'][number]
export type Version = Schemas['VersionList']['items'][number]
export type VersionDiff = Schemas['VersionDiff']
export type Release = Schemas['ReleaseList']['items'][number]

/** Where a page looks: the environment, and the time in the past if the reader travels. */
export interface Place {
  env?: string
  at?: string
}

/** One definition; `etag` is what a move is made under. */
export function useDefinition(kind: string, id: string, { env }: Place = {}) {
  return useQuery({
    queryKey: ['definition', kind, id, env],
    queryFn: ({ signal }) =>
      timed(
        receive(
          api.GET('/api/{kind}/{id}', {
            params: { path: { kind: kind as KindId, id }, query: { env } },
            signal,
          }),
        ),
      ),
  })
}

/** The filters of a list, as its URL has them. */
export interface Filters {
  status?: string
  tag?: string
  skill?: string
  category?: string
  search?: string
  env?: string
}

/** The definitions of a kind, page by page. */
export function useDefinitions(kind: string, filters: Filters) {
  return useInfiniteQuery({
    queryKey: ['definitions', kind, filters],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => {
      const { status, ...rest } = filters
      const query = { ...rest, status: splitStates(status), limit: 100, cursor: pageParam }
      return timed(
        receive(api.GET('/api/{kind}', { params: { path: { kind: kind as KindId }, query }, signal })),
      )
    },
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

/** The versions of a definition, newest first. */
export function useVersions(kind: string, id: string, { env }: Place = {}) {
  return useInfiniteQuery({
    queryKey: ['versions', kind, id, env],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      timed(
        receive(
          api.GET('/api/{kind}/{id}/versions', {
            params: { path: { kind: kind as KindId, id }, query: { env, limit: 50, cursor: pageParam } },
            signal,
          }),
        ),
      ),
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
  })
}

/** What differs between two versions. */
export function useVersionDiff(kind: string, id: string, from: number, to: number, { env }: Place = {}) {
  return useQuery({
    queryKey: ['diff', kind, id, from, to, env],
    // Two versions never change.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      timed(
        receive(
          api.GET('/api/{kind}/{id}/diff', {
            params: { path: { kind: kind as KindId, id }, query: { from, to, env } },
            signal,
          }),
        ),
      ),
  })
}

/** The last releases; for publishers. */
export function useReleases(limit: number, { env }: Place = {}, enabled = true) {
  return useInfiniteQuery({
    queryKey: ['releases', limit, env],
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      timed(
        receive(api.GET('/api/releases', { params: { query: { limit, cursor: pageParam, env } }, signal })),
      ),
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
  })
}

/** An answer with the server's time at which it was read. */
async function timed<T extends object>(answer: Promise<T>): Promise<T & { asOf: number }> {
  return { ...(await answer), asOf: serverNow() }
}

const STATES = ['active', 'deprecated', 'disabled', 'draft', 'removed'] as const
type State = (typeof STATES)[number]

/** The states of a URL's `status`; unknown words are left out. */
function splitStates(status: string | undefined): State[] | undefined {
  const states = STATES.filter((state) => status?.split(',').includes(state))
  return states.length > 0 ? states : undefined
}
