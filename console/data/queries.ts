import { keepPreviousData, type QueryKey, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { components } from '../generated/api.d.ts'
import { type Answer, api, receive } from './client.ts'
import { serverNow } from './clock.ts'
import { isHeardOf } from './feed/concerns.ts'
import { hearsOfChanges } from './feed/feed.ts'
import { listKey, ROWS } from './list-key.ts'
import { isBy, justAfter, keyOf, readThen, SETTLED } from './past.ts'

type Schemas = components['schemas']
/** A kind's id. The document lists the kinds of this server; a page's URL may name any. */
export type KindId = 'agents' | 'templates'
/** Until when a version was live is known in the past alone. */
export type Definition = Schemas['Definition'] & { until?: string | null }
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

/** One definition; `etag` is what a move is made under, and none is made in the past. */
export function useDefinition(kind: string, id: string, { env, at }: Place = {}) {
  return useQuery({
    queryKey: keyOf(at, 'definition', kind, id, env),
    queryFn: ({ signal }): Promise<Answer<Definition> & Timed> =>
      timed(
        at === undefined ? readDefinition(kind, id, env, signal) : readThen({ kind, id, env, at }, signal),
      ),
    // From one moment to another the page stays in place.
    placeholderData: keepPreviousData,
    ...(at !== undefined && SETTLED),
  })
}

function readDefinition(kind: string, id: string, env: string | undefined, signal: AbortSignal) {
  const params = { path: { kind: kind as KindId, id }, query: { env } }
  return receive<Definition>(api.GET('/api/{kind}/{id}', { params, signal }))
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
  held?: string
  sort?: string
  env?: string
  at?: string
}

/** How often a page that is seen and hears of no changes asks again, and for how long an answer needs no other one, in ms. */
export const EVERY = 30_000
export const FRESH = 15_000

/** When a query asks again by itself: not while the changes that concern it arrive by themselves. */
export const everySoOften = ({ queryKey }: { queryKey: QueryKey }): number | false =>
  hearsOfChanges() && isHeardOf(queryKey) ? false : EVERY

const isLong = (data: { pages: readonly object[] } | undefined) => data !== undefined && data.pages.length > 1

const readKinds = (env: string | undefined, signal: AbortSignal) =>
  timed(receive(api.GET('/api/kinds', { params: { query: { env } }, signal })))

/** The server lists kinds in the order of publishing, which means nothing to a person. */
function sortKinds({ body, ...answer }: Awaited<ReturnType<typeof readKinds>>) {
  return { ...answer, body: { items: body.items.toSorted((a, b) => (a.id < b.id ? -1 : 1)) } }
}

/** The kinds of the registry by name, with the number of their definitions by status. */
export function useKinds({ env }: Place = {}) {
  return useQuery({
    queryKey: ['kinds', env],
    queryFn: ({ signal }) => readKinds(env, signal),
    select: sortKinds,
  })
}

/** A page of rows, with its time. */
export type ListPage = Awaited<ReturnType<typeof readRows>>

/** Reads a page of the definitions of a kind as rows. */
export async function readRows(
  kind: string,
  { status, waiting, held, sort, ...rest }: Filters & { updatedSince?: string },
  { limit, cursor, signal }: { limit: number; cursor?: string; signal?: AbortSignal },
) {
  const query = {
    ...rest,
    status: splitStates(status),
    waiting: waiting === 'true' ? ('true' as const) : undefined,
    held: held === 'true' ? ('true' as const) : undefined,
    sort: sort === '-updatedAt' ? ('-updatedAt' as const) : undefined,
    view: 'row' as const,
    limit,
    cursor,
  }
  const params = { path: { kind: kind as KindId }, query }
  const { body, ...answer } = await timed(receive(api.GET('/api/{kind}', { params, signal })))
  return { ...answer, body: { ...body, items: body.items.filter(isRow) } }
}

/** The definitions of a kind, page by page. */
export function useDefinitions(kind: string, filters: Filters, limit = ROWS) {
  return useInfiniteQuery({
    queryKey: listKey(kind, filters, limit),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => readRows(kind, filters, { limit, cursor: pageParam, signal }),
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    // While other filters are asked for, the rows stay; those of another environment must not.
    placeholderData: (rows, before) =>
      (before?.queryKey[2] as Filters | undefined)?.env === filters.env ? rows : undefined,
    // A list that was scrolled is read again when it is opened anew: all of its pages would be asked for.
    staleTime: ({ state }) => (isLong(state.data) ? Number.POSITIVE_INFINITY : FRESH),
    refetchInterval: (query) => (isLong(query.state.data) ? false : everySoOften(query)),
    ...(filters.at !== undefined && SETTLED),
  })
}

/** The versions of a definition, newest first; in the past those that there were. */
export function useVersions(kind: string, id: string, { env, at }: Place = {}) {
  return useInfiniteQuery({
    queryKey: keyOf(at, 'versions', kind, id, env),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => timed(readVersions({ kind, id, env, at }, signal, pageParam)),
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    ...(at !== undefined && SETTLED),
  })
}

/** A page of versions; pages that hold later ones alone are passed over. */
async function readVersions(
  { kind, id, env, at }: Place & { kind: string; id: string },
  signal: AbortSignal,
  cursor: string | undefined,
) {
  const path = { kind: kind as KindId, id }
  for (let from = cursor; ; ) {
    const params = { path, query: { env, limit: at === undefined ? 50 : 100, cursor: from } }
    const { body, ...answer } = await receive(api.GET('/api/{kind}/{id}/versions', { params, signal }))
    const items = body.items
      .filter(({ createdAt }) => isBy(createdAt, at))
      .map((item) => (item.lived?.until && !isBy(item.lived.until, at) ? stillLive(item) : item))
    from = body.nextCursor ?? undefined
    if (items.length > 0 || from === undefined) return { ...answer, body: { ...body, items } }
  }
}

/** What a version is compared with: another version, or for a preview what is live in production. */
export type From = number | typeof PRODUCTION
export const PRODUCTION = 'production'

const stillLive = (item: Version): Version => ({
  ...item,
  lived: item.lived && { ...item.lived, until: null },
})

/** Two versions to compare, and the number of unchanged lines around each change. */
export interface Comparison {
  kind: string
  id: string
  from: From
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

/** The last releases, in the past those until then; for publishers. */
export function useReleases(limit: number, { env, at }: Place = {}) {
  return useInfiniteQuery({
    queryKey: keyOf(at, 'releases', limit, env),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) => {
      const query = { limit, cursor: pageParam, env, until: at && justAfter(at) }
      return timed(receive(api.GET('/api/releases', { params: { query }, signal })))
    },
    getNextPageParam: ({ body }) => body.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    ...(at !== undefined && SETTLED),
  })
}

const isRow = (item: ListItem): item is Row => !('kind' in item)

interface Timed {
  /** The server's time at which it was read, in ms since 1970. */
  asOf: number
}

/** An answer with its time. */
export async function timed<T extends object>(answer: Promise<T>): Promise<T & Timed> {
  return { ...(await answer), asOf: serverNow() }
}

type State = Version['status']
/** Every state of the document. */
const STATES: Readonly<Record<State, State>> = {
  ...{ active: 'active', deprecated: 'deprecated', disabled: 'disabled', draft: 'draft', removed: 'removed' },
}

/** The states of a URL's `status`; unknown words are left out. */
function splitStates(status: string | undefined): State[] | undefined {
  const states = Object.values(STATES).filter((state) => status?.split(',').includes(state))
  return states.length > 0 ? states : undefined
}
