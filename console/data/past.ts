import type { components } from '../generated/api.d.ts'
import { type Answer, api, receive } from './client.ts'
import { Problem } from './problem.ts'

type Schemas = components['schemas']
type Kind = 'agents' | 'templates'

/** One definition at one time in the past. */
export interface Then {
  kind: string
  id: string
  env?: string
  at: string
}

/** A query of the past: its answer never changes, and no event concerns it. */
export const SETTLED = { staleTime: Number.POSITIVE_INFINITY, refetchInterval: false } as const

/** The key of a query; those of the past stand apart, so that events leave them alone. */
export const keyOf = (at: string | undefined, ...parts: readonly unknown[]): readonly unknown[] =>
  at === undefined ? parts : ['past', ...parts, at]

/**
 * What readers got of a definition at a time, in the shape of a definition today.
 * @throws Problem 404 when readers got nothing then
 */
export async function readThen(
  { kind, id, env, at }: Then,
  signal: AbortSignal,
): Promise<Answer<Schemas['Definition'] & { until: string | null }>> {
  const path = { kind: kind as Kind, id }
  const live = api.GET('/api/{kind}/{id}/live', { params: { path, query: { at, env } }, signal })
  const { body: then } = await receive(live)
  if (!then.live) throw notLive(`${kind}/${id}`, then.gone?.status)
  const params = { path: { ...path, version: then.live.version }, query: { env } }
  const { body } = await receive(api.GET('/api/{kind}/{id}/versions/{version}', { params, signal }))
  const { version, createdAt } = body
  return {
    body: {
      ...body,
      live: true,
      liveSince: createdAt,
      updatedAt: createdAt,
      latestVersion: version,
      until: then.until,
    },
  }
}

function notLive(name: string, state: string | undefined): Problem {
  const detail = state === undefined ? `${name} was not live yet` : `${name} was ${state} then`
  return new Problem(404, { code: 'NOT_LIVE_THEN', detail })
}

/** Whether something had happened at a time; also for a time without seconds or with another zone. */
export const isBy = (happened: string, at: string | undefined): boolean =>
  at === undefined || Date.parse(happened) <= Date.parse(at)

/** The first moment after a time, for filters that exclude their end; a text that is not a time is left to the server. */
export function justAfter(at: string): string {
  const time = Date.parse(at)
  return Number.isNaN(time) ? at : new Date(time + 1).toISOString()
}
