import * as z from 'zod'
import { rollback } from '../../../core/rollback.ts'
import { definitionPath, MAX_VERSION, phrase } from '../../http/parameters.ts'
import { IDEMPOTENCY, PRECONDITIONS } from '../../http/preconditions.ts'
import { dryRun, force, moveDefinition, moved } from '../../move-definition.ts'
import { type Call, defineRoute } from '../../route.ts'

const body = z.strictObject({
  targetVersion: z.int().min(1).max(MAX_VERSION).describe('The version whose content is live afterwards.'),
  reason: phrase(2000).describe('The reason, for the history.'),
  dryRun,
  force,
})

/** `POST /api/:kind/:id/rollback`: appends a revision with the content of an earlier one. */
export const rollbackDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/:id/rollback',
  name: 'rollbackDefinition',
  summary: 'Roll a definition back to an earlier version.',
  access: 'publisher',
  params: definitionPath,
  body,
  headers: { ...PRECONDITIONS, ...IDEMPOTENCY },
  responses: {
    200: { description: 'The content is live again, as a new version.', schema: moved },
    409: { description: 'Another caller changed the definition at the same time; nothing was written.' },
    412: { description: 'The definition does not match `If-Match`; nothing was written.' },
    422: { description: 'A rule refuses it, or the idempotency key belongs to another request.' },
  },
  handle: (call: Call<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>) => {
    const { targetVersion: toVersion, reason } = call.body
    return moveDefinition(
      call,
      ({ kind, id, seenVersion, ...move }, force) =>
        rollback(call.ports.registry, kind, {
          ...move,
          target: { kind, id, toVersion, seenVersion },
          reason,
          force,
        }),
      call.body,
    )
  },
})
