import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { releaseColumns } from '../cloud/registry/rows.ts'
import { Failure } from '../contract/failure.ts'
import type { ReleaseResult } from '../contract/protocol/sync.ts'
import { keyHolder } from '../edge/auth/principal.ts'
import { actorOf } from './actor.ts'
import type { RouteAnswer } from './http/answer.ts'
import { buildInnerTag, headTagOf } from './http/inner-head.ts'
import { parseIdempotencyKey, preconditionFailed, requireMatch } from './http/preconditions.ts'
import { tagIn } from './http/tags.ts'
import { movePlan, planOne, tryEffect } from './plan-move.ts'
import { ask, unknownDefinition } from './reads/read-revisions.ts'
import type { RouteCall } from './route.ts'

/** The input of every effect on one definition. */
export interface MoveRequest {
  kind: string
  id: string
  /**
   * The newest version that the caller's decision was based on;
   * the database refuses the effect when another one is newest.
   */
  seenVersion: number
  actor: string
  /** The holder of the idempotency key. */
  principal: string
  key?: string
  dryRun: boolean
}

/** Whether to write nothing, and whether to go on although definitions would break. */
export interface Manner {
  dryRun?: boolean
  force?: boolean
}

/** The parts of a request's body that say so. */
export const dryRun = z
  .boolean()
  .default(false)
  .describe('Answer with what would happen, in `plan`, and write nothing.')
export const force = z
  .boolean()
  .default(false)
  .describe('Go on although live definitions lose something that they need.')

/** The result of an effect; the same body for all effects. */
export const movedRelease = z.strictObject({
  releaseId: z.string().nullable(),
  replayed: z.boolean().describe('Whether this answer was stored under the idempotency key earlier.'),
  dryRun: z.boolean(),
  seq: z.int().describe('Number of the last event.'),
  outcomes: z.array(
    z.strictObject({
      kind: z.string(),
      id: z.string(),
      outcome: z.string(),
      version: z.int().nullable(),
      digest: z.string().nullable(),
    }),
  ),
})
export const moved = movedRelease.extend({ plan: movePlan.optional() })

/**
 * Runs an effect on the definition that a request names, if it matches `If-Match`, checked again at the moment of the
 * effect. A key whose effect has happened gets the same answer again, whatever state the definition has now.
 * @throws Refusal 400, 412; Failure NOT_FOUND, CONFLICT (without `If-Match`), REFUSED, IDEMPOTENCY_MISMATCH
 */
export async function moveDefinition(
  call: RouteCall<{ id: string }, unknown, unknown>,
  effect: (move: MoveRequest, force: boolean) => Promise<ReleaseResult>,
  { dryRun = false, force = false }: Manner = {},
): Promise<RouteAnswer> {
  const { kind, params, headers, ports, principal, env } = call
  const { id } = params
  const requestKey = parseIdempotencyKey(headers)
  // A dry run has no effect that its key could repeat.
  const key = dryRun ? undefined : requestKey
  // The head is read before the key is looked up: if a request with
  // the same key runs in between, it also began with this head.
  const head = await ports.registry.head(kind.id, id)
  const holder = keyHolder(principal)
  const replays = key !== undefined && (await hasEffect(ports.service, holder, key))
  if (!replays) {
    if (!head) throw unknownDefinition({ kind, id })
    requireMatch(headers, tagIn(env, headTagOf(head)))
  }
  const seenVersion = head?.latestVersion ?? 1
  try {
    const move = { kind: kind.id, id, seenVersion, actor: actorOf(principal), principal: holder, key, dryRun }
    const run = (forced: boolean) => effect(move, forced)
    if (!dryRun) return await withNewTag(call, await run(force))
    const tried = await tryEffect(run, force)
    const plan = await planOne(ports.registry, ports.kinds, tried)
    return { body: { ...tried.result, plan }, etag: head && buildInnerTag(head) }
  } catch (error) {
    const overtaken = error instanceof Failure && error.code === 'CONFLICT' && headers.has('if-match')
    throw overtaken ? preconditionFailed(error.message) : error
  }
}

/** The result with the tag that the definition has now. */
async function withNewTag(
  { kind, params, ports }: RouteCall<{ id: string }, unknown, unknown>,
  body: ReleaseResult,
): Promise<RouteAnswer> {
  const head = await ports.registry.head(kind.id, params.id)
  return { body, etag: head && buildInnerTag(head) }
}

/**
 * Whether a key of a principal has had its effect; its answer is then repeated, whatever state the definition has now.
 */
async function hasEffect(service: SupabaseClient, principal: string, key: string): Promise<boolean> {
  const releases = service.from('registry_releases').select('id').eq('principal', principal)
  const query = releases.eq('idempotency_key', key).limit(1)
  return (await ask('look for the key', releaseColumns.pick({ id: true }), query)).length > 0
}
