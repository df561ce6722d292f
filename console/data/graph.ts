import { useQuery } from '@tanstack/preact-query'
import type { operations } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { serverNow } from './clock.ts'
import type { KindId } from './queries.ts'

/** A definition as boxes and arrows. */
export type Graph = operations['showGraph']['responses'][200]['content']['application/json']

/** The graph of a version, the live one without it. */
export function useGraph({
  kind,
  id,
  ...query
}: {
  kind: string
  id: string
  version?: number
  env?: string
}) {
  return useQuery({
    queryKey: ['graph', kind, id, query],
    queryFn: async ({ signal }) => {
      const params = { path: { kind: kind as KindId, id }, query }
      const answer = await receive(api.GET('/api/{kind}/{id}/graph', { params, signal }))
      return { ...answer, asOf: serverNow() }
    },
  })
}
