import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import type { operations } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { type KindId, timed } from './queries.ts'
import { useSession } from './session.ts'

/** A version with its content, which never changes. */
export type WholeVersion = operations['showVersion']['responses'][200]['content']['application/json']

interface Asked {
  kind: string
  id: string
  version: number
  env?: string
}

/** One version of a definition, whether it is live or not. */
export function useVersion({ kind, id, version, env }: Asked) {
  return useQuery({
    queryKey: ['version', kind, id, version, env],
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    queryFn: ({ signal }) => {
      const params = { path: { kind: kind as KindId, id, version }, query: { env } }
      return timed(receive(api.GET('/api/{kind}/{id}/versions/{version}', { params, signal })))
    },
  })
}

/** When readers got a version: it is live from when it is made, or never. For publishers; readers see what is live now. */
export function useLifeOf({ kind, id, version, createdAt }: WholeVersion, env: string | undefined) {
  const { publisher } = useSession()
  return useQuery({
    queryKey: ['definition', kind, id, env, 'life', version],
    enabled: publisher,
    queryFn: async ({ signal }) => {
      const params = { path: { kind: kind as KindId, id }, query: { at: createdAt, env } }
      const { body } = await receive(api.GET('/api/{kind}/{id}/live', { params, signal }))
      return body.live?.version === version ? { from: createdAt, until: body.until } : { until: null }
    },
  })
}
