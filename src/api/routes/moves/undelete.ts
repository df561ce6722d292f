import * as z from 'zod'
import { undelete } from '../../../core/rollback.ts'
import { definitionPath, phrase } from '../../http/parameters.ts'
import { IDEMPOTENCY, PRECONDITIONS } from '../../http/preconditions.ts'
import { dryRun, moveDefinition, moved } from '../../move-definition.ts'
import { type Call, defineRoute } from '../../route.ts'

const body = z.strictObject({
  reason: phrase(2000).optional().describe('The reason, for the history.'),
  dryRun,
})

/** `POST /api/:kind/:id/undelete`: brings a removed definition back as it was. */
export const undeleteDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/:id/undelete',
  name: 'undeleteDefinition',
  summary: 'Bring a removed definition back as it was.',
  access: 'publisher',
  params: definitionPath,
  body,
  headers: { ...PRECONDITIONS, ...IDEMPOTENCY },
  responses: {
    200: { description: 'The definition is back, as a new version.', schema: moved },
    409: { description: 'Another caller changed the definition at the same time; nothing was written.' },
    412: { description: 'The definition does not match `If-Match`; nothing was written.' },
    422: {
      description:
        'The definition is not removed, something that it requires is not live, or the idempotency key belongs to another request.',
    },
  },
  handle: (call: Call<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>) => {
    const { reason } = call.body
    return moveDefinition(call, (move) => undelete(call.ports.registry, { ...move, reason }), call.body)
  },
})
