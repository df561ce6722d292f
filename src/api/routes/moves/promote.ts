import * as z from 'zod'
import { promote } from '../../../core/promote.ts'
import { definitionPath, MAX_VERSION, phrase } from '../../http/parameters.ts'
import { IDEMPOTENCY, PRECONDITIONS } from '../../http/preconditions.ts'
import { dryRun, force, moveDefinition, moved } from '../../move-definition.ts'
import { type Call, defineRoute } from '../../route.ts'

const body = z.strictObject({
  reason: phrase(2000).optional().describe('The reason, for the history.'),
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .describe(
      'The draft to promote. `If-Match` names the live version, which a newer draft does not change.',
    ),
  dryRun,
  force,
})

const rung = z
  .object({
    rung: z.boolean(),
    tries: z.int(),
    reason: z.string().optional().describe('Why the deploy hook was not called; the promotion stands.'),
  })
  .describe(
    'The result of the deploy hook, if the deployment has one. Absent when the answer is repeated for a key.',
  )

/** `POST /api/:kind/:id/promote`: appends a revision with the content of the newest draft, and makes it live. */
export const promoteDefinition = defineRoute({
  method: 'POST',
  path: '/api/:kind/:id/promote',
  name: 'promoteDefinition',
  summary: 'Make the newest draft of a definition live.',
  access: 'publisher',
  params: definitionPath,
  body,
  headers: { ...PRECONDITIONS, ...IDEMPOTENCY },
  responses: {
    200: {
      description: 'The draft is live, as a new version.',
      schema: moved.extend({ deployHook: rung.optional() }),
    },
    409: {
      description:
        'The newest version is not `version`, or another caller changed the definition; nothing was written.',
    },
    412: { description: 'The definition does not match `If-Match`; nothing was written.' },
    422: {
      description:
        'The definition has no draft, a rule refuses it, or the idempotency key belongs to another request.',
    },
  },
  handle: (call: Call<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>) => {
    const { reason, version } = call.body
    const { registry, deployHook } = call.ports
    const effect: Parameters<typeof moveDefinition>[1] = async (move, force) => {
      const result = await promote(registry, { ...move, expectedVersion: version, reason, force })
      const rings = deployHook && !result.replayed && !result.dryRun && call.env === undefined
      return rings ? { ...result, deployHook: await deployHook() } : result
    }
    return moveDefinition(call, effect, call.body)
  },
})
