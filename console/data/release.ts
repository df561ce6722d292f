import { useQuery } from '@tanstack/preact-query'
import type { components } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { serverNow } from './clock.ts'

/** A release with what it did to the definitions that it moved. */
export type WholeRelease = components['schemas']['Release']

/** One release, by its id or its commit, or a unique start of either; for publishers. */
export function useRelease(id: string, { env }: { env?: string }) {
  return useQuery({
    queryKey: ['release', id, env],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { env } }
      const answer = await receive(api.GET('/api/releases/{id}', { params, signal }))
      return { ...answer, asOf: serverNow() }
    },
  })
}
