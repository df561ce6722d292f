import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { releaseColumns } from '../cloud/registry/rows.ts'
import { Failure } from '../contract/failure.ts'
import type { ReleaseResult } from '../contract/protocol/sync.ts'
import type { Head } from '../core/registry/registry.ts'
import { keyHolder } from '../edge/auth/principal.ts'
import { actorOf } from './actor.ts'
import type { RouteAnswer } from './http/answer.ts'
import { parseIdempotencyKey, preconditionFailed, requireMatch } from './http/preconditions.ts'
import { headTag, tagIn } from './http/tags.ts'
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
}

/** The result of an effect; the same body for all effects. */
export const moved = z.strictObject({
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

/**
 * Runs an effect on the definition that a request names, if it matches `If-Match`, checked again at the moment of the
 * effect. A key whose effect has happened gets the same answer again, whatever state the definition has now.
 * @throws Refusal 400, 412; Failure NOT_FOUND, CONFLICT (without `If-Match`), REFUSED, IDEMPOTENCY_MISMATCH
 */
export async function moveDefinition(
  { kind, params: { id }, headers, ports, principal, env }: RouteCall<{ id: string }, unknown, unknown>,
  effect: (move: MoveRequest) => Promise<ReleaseResult>,
): Promise<RouteAnswer> {
  const key = parseIdempotencyKey(headers)
  // The head is read before the key is looked up: if a request with
  // the same key runs in between, it also began with this head.
  const head = await ports.registry.head(kind.id, id)
  const holder = keyHolder(principal)
  const replays = key !== undefined && (await hasEffect(ports.service, holder, key))
  if (!replays) {
    if (!head) throw unknownDefinition({ kind, id })
    requireMatch(headers, tagIn(env, buildTag(head)))
  }
  const seenVersion = head?.latestVersion ?? 1
  try {
    const actor = actorOf(principal)
    const body = await effect({ kind: kind.id, id, seenVersion, actor, principal: holder, key })
    return { body }
  } catch (error) {
    const overtaken = error instanceof Failure && error.code === 'CONFLICT' && headers.has('if-match')
    throw overtaken ? preconditionFailed(error.message) : error
  }
}

/** The tag that the route for the definition sends. */
function buildTag({ version, liveDigest, digest, state }: Head): string {
  return headTag({ version, digest: liveDigest ?? digest, state })
}

/**
 * Whether a key of a principal has had its effect; its answer is then repeated, whatever state the definition has now.
 */
async function hasEffect(service: SupabaseClient, principal: string, key: string): Promise<boolean> {
  const releases = service.from('registry_releases').select('id').eq('principal', principal)
  const query = releases.eq('idempotency_key', key).limit(1)
  return (await ask('look for the key', releaseColumns.pick({ id: true }), query)).length > 0
}
