import { useQuery } from '@tanstack/preact-query'
import { type Move, nameMove } from '../model/moves/move-name.ts'
import { type Answer, api, receive } from './client.ts'
import type { KindId } from './queries.ts'

/** What a move did, or would do. */
export type Moved = Pick<MovedOne, 'releaseId' | 'replayed' | 'seq' | 'outcomes'> & Hooked
/** The result of a promotion names the deploy hook, if there is one. */
interface Hooked {
  deployHook?: { rung: boolean; reason?: string }
}
type MovedOne = Awaited<ReturnType<typeof sendOne>>['body']

/** One definition of a plan. */
export type PlannedItem = NonNullable<Awaited<ReturnType<typeof sendUndo>>['body']['plan']>['items'][number]

/** What a move would do, as the server answers a dry run. */
export interface Plan {
  items: readonly PlannedItem[]
  /** How many definitions it moves: `items` has the first of them. */
  moved: number
  breaks: readonly string[]
  outcomes: Moved['outcomes']
  /** The state that the plan was made for; the move is made under it. */
  etag?: string
}

/** What is sent for a move. */
export interface Sent {
  reason: string
  force: boolean
  /** The version that the plan leads to. */
  version?: number
  etag?: string
  env?: string
}

/** The routes want a reason; that of a dry run is not kept. */
const DRY = 'a dry run'

interface Manner extends Sent {
  key?: string
  dryRun?: boolean
}

/** Sends a move of one definition. */
function sendOne(move: Exclude<Move, { verb: 'undo' }>, manner: Manner) {
  const { reason, force, version, etag, env, key, dryRun = false } = manner
  const params = {
    path: { kind: move.kind as KindId, id: move.id },
    query: { env },
    header: { 'If-Match': etag, 'Idempotency-Key': key },
  }
  const why = { reason, dryRun }
  const optional = { dryRun, reason: reason === '' ? undefined : reason }
  switch (move.verb) {
    case 'rollback':
      return receive(
        api.POST('/api/{kind}/{id}/rollback', { params, body: { ...why, force, targetVersion: version } }),
      )
    case 'promote':
      return receive(api.POST('/api/{kind}/{id}/promote', { params, body: { ...optional, force, version } }))
    case 'disable':
      return receive(api.POST('/api/{kind}/{id}/disable', { params, body: why }))
    case 'enable':
      return receive(api.POST('/api/{kind}/{id}/enable', { params, body: { ...why, force } }))
    case 'undelete':
      return receive(api.POST('/api/{kind}/{id}/undelete', { params, body: optional }))
  }
}

function sendUndo(release: string, { reason, force, env, key, dryRun = false }: Manner) {
  const params = { path: { id: release }, query: { env }, header: { 'Idempotency-Key': key } }
  return receive(api.POST('/api/releases/{id}/rollback', { params, body: { reason, force, dryRun } }))
}

/**
 * Makes a move.
 * @param key makes a repetition give the first answer
 * @throws Problem
 */
export function makeMove(move: Move, sent: Sent, key: string): Promise<Answer<Moved>> {
  return move.verb === 'undo' ? sendUndo(move.release, { ...sent, key }) : sendOne(move, { ...sent, key })
}

/**
 * What a move would do. It is read when the form is opened and when it is asked for: a plan does not change while
 * somebody reads it.
 * @param force undoes a release although its definitions moved since
 */
export function usePlan(move: Move, { env, force, isOff }: { env?: string; force: boolean; isOff: boolean }) {
  return useQuery({
    enabled: !isOff,
    queryKey: ['plan', nameMove(move), env, force],
    queryFn: () => readPlan(move, { reason: DRY, force, env, dryRun: true, version: versionIn(move) }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

const versionIn = (move: Move) => (move.verb === 'undo' ? undefined : move.version)

async function readPlan(move: Move, manner: Manner): Promise<Plan> {
  if (move.verb === 'undo') {
    const { plan, outcomes } = (await sendUndo(move.release, manner)).body
    return { items: plan?.items ?? [], moved: plan?.moved ?? 0, breaks: plan?.breaks ?? [], outcomes }
  }
  const { body, etag } = await sendOne(move, manner)
  const { plan, outcomes } = body
  if (!plan) return { items: [], moved: 0, breaks: [], outcomes, etag }
  const { breaks, ...rest } = plan
  const { kind, id } = move
  const item = { kind, id, outcome: outcomes[0]?.outcome ?? '', ...rest }
  return { items: [item], moved: 1, breaks, outcomes, etag }
}

/** The paragraph about a move, for an incident channel. */
export function useIncident(releaseId: string, env: string | undefined) {
  return useQuery({
    queryKey: ['incident', releaseId, env],
    queryFn: ({ signal }) =>
      receive(
        api.GET('/api/releases/{id}/incident', {
          params: { path: { id: releaseId }, query: { env } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })
}
