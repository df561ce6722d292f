import { useQuery } from '@tanstack/preact-query'
import { api, receive } from './client.ts'
import { type KindId, timed } from './queries.ts'

/** Definitions that are counted; more are rare within half a minute. */
const MOST = 100

/**
 * How many definitions of a kind moved since a list was read. One request asks for that, where a list of 10,000 would
 * be read again in twenty.
 * @param since `updatedSince` of the list; nothing is asked without it
 */
export function useMovedSince(kind: string, since: string | undefined, env: string | undefined): number {
  const { data } = useQuery({
    queryKey: ['moved', kind, since, env],
    enabled: since !== undefined,
    queryFn: ({ signal }) => {
      const query = { updatedSince: since, view: 'row' as const, limit: MOST, env }
      return timed(
        receive(api.GET('/api/{kind}', { params: { path: { kind: kind as KindId }, query }, signal })),
      )
    },
  })
  return data?.body.items.length ?? 0
}
