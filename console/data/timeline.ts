import { useInfiniteQuery } from '@tanstack/preact-query'
import { useEffect } from 'preact/hooks'
import { api, receive } from './client.ts'
import { useMoment } from './moment.ts'
import type { Release } from './queries.ts'
import { useSession } from './session.ts'

/** Releases of one request. */
const TICKS = 50

/** The releases around a moment, oldest first; older ones are read until the moment is among them. */
export function useTimeline(at: string): { ticks: Release[]; hasEarlier: boolean; loadEarlier: () => void } {
  const { env } = useMoment()
  const { publisher } = useSession()
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, isError } = useInfiniteQuery({
    queryKey: ['releases', 'timeline', env],
    enabled: publisher,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }) => {
      const query = { limit: TICKS, cursor: pageParam, env }
      return (await receive(api.GET('/api/releases', { params: { query }, signal }))).body
    },
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    // The bar keeps what it shows: it does not ask again for all of its pages.
    refetchInterval: false,
  })
  const ticks = data?.pages.flatMap(({ items }) => items).reverse() ?? []
  const first = ticks[0]
  const isTooNew = first !== undefined && Date.parse(first.createdAt) > Date.parse(at)
  useEffect(() => {
    if (isTooNew && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [isTooNew, hasNextPage, isFetchingNextPage, isError, fetchNextPage])
  return { ticks, hasEarlier: hasNextPage, loadEarlier: () => void fetchNextPage() }
}
