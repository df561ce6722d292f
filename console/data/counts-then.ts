import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import { api, receive } from './client.ts'
import { keyOf, SETTLED } from './past.ts'

/** How many definitions of each kind readers saw at a time; for publishers. */
export function useCountsThen(kinds: readonly string[], { env, at = '' }: { env?: string; at?: string }) {
  return useQuery({
    queryKey: keyOf(at, 'counts', kinds, env),
    enabled: at !== '' && kinds.length > 0,
    placeholderData: keepPreviousData,
    ...SETTLED,
    queryFn: ({ signal }) =>
      Promise.all(
        kinds.map(async (kind) => {
          const params = {
            path: { kind: kind as 'agents' | 'templates' },
            query: { env, at, view: 'row' as const, limit: 1 },
          }
          const { body } = await receive(api.GET('/api/{kind}', { params, signal }))
          return { kind, count: body.total ?? body.items.length }
        }),
      ),
  })
}
