import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import type { operations } from '../generated/api.d.ts'
import { api, receive } from './client.ts'
import { serverNow } from './clock.ts'
import type { KindId } from './queries.ts'

/** The links of a definition in both directions. */
export type Links = operations['showLinks']['responses'][200]['content']['application/json']

interface Asked {
  kind: string
  id: string
  /** The links of this version, and what would hold if it were live; those of the live version without it. */
  version?: number
  env?: string
}

/** What a definition needs, and who needs it. */
export function useLinks({ kind, id, version, env }: Asked) {
  return useQuery({
    queryKey: ['links', kind, id, version, env],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const answer = await readLinks({ kind, id, version, env }, signal)
      return { ...answer, asOf: serverNow() }
    },
  })
}

function readLinks({ kind, id, ...query }: Asked, signal: AbortSignal) {
  const params = { path: { kind: kind as KindId, id }, query }
  return receive(api.GET('/api/{kind}/{id}/links', { params, signal }))
}

/** Neighbours whose own links are read, so that a page stays far below what one address may ask for in a minute. */
const MOST = 12

/** The links of the definitions beside one: the second level of a graph. Those that are not public are left out. */
export function useNeighbours(links: Links | undefined, env: string | undefined) {
  const ends = links ? [...links.needs, ...links.neededBy] : []
  const names = [...new Map(ends.map(({ kind, id }) => [`${kind}/${id}`, { kind, id }])).values()]
  const asked = names.slice(0, MOST)
  return useQuery({
    queryKey: ['links', 'of-neighbours', asked, env],
    enabled: asked.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const answers = asked.map((one) => readLinks({ ...one, env }, signal).catch(() => undefined))
      return (await Promise.all(answers)).flatMap((answer) => (answer ? [answer.body] : []))
    },
  })
}
