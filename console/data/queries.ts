import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { components } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { serverNow } from './clock.ts'

type Schemas = components['schemas']
/** A kind's id. The document lists the kinds of this server; a page's URL may name any. */
export type KindId = 'agents' | 'templates'
export type Definition = Schemas['Definition']
type ListItem = Schemas['DefinitionList']['items'][number]
/** A definition with the fields of a table. */
export type Row = Exclude<ListItem, { kind: string }>
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
  owner?: string
  waiting?: string
  sort?: string
  env?: string
}

/** How often a page that is seen asks again, and for how long an answer needs no other one, in ms. */
export const EVERY = 30_000
export const FRESH = 15_000

const isLong = (data: { pages: readonly object[] } | undefined) => data !== undefined && data.pages.length > 1

/** Rows of one request: 10,000 definitions are twenty of them. */
const ROWS = 500

/** The kinds of the registry, with the number of their definitions by status. */
export function useKinds({ env }: Place = {}) {
  return useQuery({
    queryKey: ['kinds', env],
    queryFn: ({ signal }) => timed(receive(api.GET('/api/kinds', { params: { query: { env } }, signal }))),
  })
}

/** The definitions of a kind, page by page. */
export function useDefinitions(kind: string, filters: Filters, limit = ROWS) {
  return useInfiniteQuery({
    queryKey: ['definitions', kind, filters, limit],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }) => {
      const { status, waiting, sort, ...rest } = filters
      const query = {
        ...rest,
        status: splitStates(status),
        waiting: waiting === 'true' ? ('true' as const) : undefined,
        sort: sort === '-updatedAt' ? ('-updatedAt' as const) : undefined,
        view: 'row' as const,
        limit,
        cursor: pageParam,
      }
      const params = { path: { kind: kind as KindId }, query }
      const { body, ...answer } = await timed(receive(api.GET('/api/{kind}', { params, signal })))
      return { ...answer, body: { ...body, items: body.items.filter(isRow) } }
    },
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    // While other filters are asked for, the rows stay; those of another environment must not.
    placeholderData: (rows, before) =>
      (before?.queryKey[2] as Filters | undefined)?.env === filters.env ? rows : undefined,
    // A list that was scrolled is read again when it is opened anew: all of its pages would be asked for.
    staleTime: ({ state }) => (isLong(state.data) ? Number.POSITIVE_INFINITY : FRESH),
    refetchInterval: ({ state }) => (isLong(state.data) ? false : EVERY),
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

/** Two versions to compare, and the number of unchanged lines around each change. */
export interface Comparison {
  kind: string
  id: string
  from: number
  to: number
  context: number
  env?: string
}

/** What differs between two versions. */
export function useVersionDiff({ kind, id, ...query }: Comparison) {
  return useQuery({
    queryKey: ['diff', kind, id, query],
    placeholderData: keepPreviousData,
    // Two versions never change.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      timed(
        receive(
          api.GET('/api/{kind}/{id}/diff', {
            params: { path: { kind: kind as KindId, id }, query },
            signal,
          }),
        ),
      ),
  })
}

/** The last releases; for publishers. */
export function useReleases(limit: number, { env }: Place = {}) {
  return useInfiniteQuery({
    queryKey: ['releases', limit, env],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      timed(
        receive(api.GET('/api/releases', { params: { query: { limit, cursor: pageParam, env } }, signal })),
      ),
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
  })
}

const isRow = (item: ListItem): item is Row => !('kind' in item)

/** An answer with the server's time at which it was read. */
export async function timed<T extends object>(answer: Promise<T>): Promise<T & { asOf: number }> {
  return { ...(await answer), asOf: serverNow() }
}

const STATES = ['active', 'deprecated', 'disabled', 'draft', 'removed'] as const
type State = (typeof STATES)[number]

/** The states of a URL's `status`; unknown words are left out. */
function splitStates(status: string | undefined): State[] | undefined {
  const states = STATES.filter((state) => status?.split(',').includes(state))
  return states.length > 0 ? states : undefined
}
