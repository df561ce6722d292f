import * as z from 'zod'
import { promote } from '../../core/promote.ts'
import { definitionPath, MAX_VERSION, phrase } from '../http/parameters.ts'
import { IDEMPOTENCY, PRECONDITIONS } from '../http/preconditions.ts'
import { moveDefinition, moved } from '../move-definition.ts'
import { type Call, defineRoute } from '../route.ts'

const body = z.strictObject({
  reason: phrase(2000).optional().describe('Why, for the history.'),
  version: z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .describe('The draft that is meant. `If-Match` names what is live, which a newer draft does not change.'),
})

const rung = z
  .object({
    rung: z.boolean(),
    tries: z.int(),
    reason: z.string().optional().describe('Why it was not rung; the promotion stands.'),
  })
  .describe('Of the deploy hook, if the deployment has one. Not there for an answer that the key got before.')

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
        'Its newest version is not `version`, or somebody else moved it just now; nothing happened.',
    },
    412: { description: 'It is not what `If-Match` says; nothing happened.' },
    422: {
      description: 'There is no draft, a rule speaks against it, or the key was used for another request.',
    },
  },
  handle: (call: Call<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>) => {
    const { reason, version } = call.body
    const { registry, deployHook } = call.ports
    return moveDefinition(call, async (move) => {
      const result = await promote(registry, { ...move, expectedVersion: version, reason })
      const rings = deployHook && !result.replayed && call.env === undefined
      return rings ? { ...result, deployHook: await deployHook() } : result
    })
  },
})
