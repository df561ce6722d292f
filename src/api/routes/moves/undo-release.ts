import * as z from 'zod'
import { movedIn } from '../../../core/diff/moves.ts'
import { mainKind } from '../../../core/main-kind.ts'
import { rollback } from '../../../core/rollback.ts'
import { keyHolder } from '../../../edge/auth/principal.ts'
import { actorOf } from '../../actor.ts'
import { phrase, releasePath } from '../../http/parameters.ts'
import { IDEMPOTENCY, parseIdempotencyKey } from '../../http/preconditions.ts'
import { dryRun, force, movedRelease } from '../../move-definition.ts'
import { planItems, releasePlan, tryEffect } from '../../plan-move.ts'
import { requireRelease } from '../../reads/read-releases.ts'
import { defineRoute, type RouteCall } from '../../route.ts'

const body = z.strictObject({
  reason: phrase(2000).describe('The reason, for the history.'),
  dryRun,
  force: force.describe('Go on although live definitions lose something, or a definition was changed since.'),
})

/** `POST /api/releases/:id/rollback`: undoes a release as a whole, as one new release. */
export const undoRelease = defineRoute({
  method: 'POST',
  path: '/api/releases/:id/rollback',
  name: 'undoRelease',
  summary: 'Undo a whole release: every definition that it moved is as before.',
  access: 'publisher',
  params: releasePath,
  body,
  headers: IDEMPOTENCY,
  responses: {
    200: {
      description: 'The release is undone, as a new release.',
      schema: movedRelease.extend({ plan: releasePlan.optional() }),
    },
    404: { description: 'The release does not exist, or several start like this.' },
    409: { description: 'A definition was changed since; nothing was written.' },
    422: {
      description:
        'The release has nothing left to undo, a rule refuses it, or the idempotency key belongs to another request.',
    },
  },
  handle: async (call: RouteCall<z.infer<typeof releasePath>, unknown, z.infer<typeof body>>) => {
    const { ports, principal, headers } = call
    const { reason, dryRun, force } = call.body
    const requestKey = parseIdempotencyKey(headers)
    const { registry, kinds } = ports
    const { id } = await requireRelease(registry, call.params.id)
    const how = { actor: actorOf(principal), principal: keyHolder(principal), dryRun, reason }
    const key = dryRun ? undefined : requestKey
    const run = (forced: boolean) =>
      rollback(registry, mainKind(kinds)?.id ?? '', { ...how, key, target: { release: id }, force: forced })
    if (!dryRun) return { body: await run(force) }
    const { result, breaks } = await tryEffect(run, force)
    const items = await planItems(registry, kinds, result)
    return { body: { ...result, plan: { items, moved: movedIn(result).length, breaks } } }
  },
})
