import * as z from 'zod'
import { disable, enable } from '../../../core/switch.ts'
import { definitionPath, phrase } from '../../http/parameters.ts'
import { IDEMPOTENCY, PRECONDITIONS } from '../../http/preconditions.ts'
import { dryRun, moveDefinition, moved } from '../../move-definition.ts'
import { type Call, defineRoute } from '../../route.ts'

const body = z.strictObject({ reason: phrase(2000).describe('The reason, for the history.'), dryRun })

type SwitchCall = Call<z.infer<typeof definitionPath>, unknown, z.infer<typeof body>>

const shared = {
  method: 'POST',
  access: 'publisher',
  params: definitionPath,
  body,
  headers: { ...PRECONDITIONS, ...IDEMPOTENCY },
} as const

const refusals = {
  409: { description: 'Another caller changed the definition at the same time; nothing was written.' },
  412: { description: 'The definition does not match `If-Match`; nothing was written.' },
}

/** `POST /api/:kind/:id/disable`: the kill switch. Nothing that is published afterwards ends it. */
export const disableDefinition = defineRoute({
  ...shared,
  path: '/api/:kind/:id/disable',
  name: 'disableDefinition',
  summary: 'Disable a definition at once, without new content.',
  responses: {
    200: {
      description: 'The definition is disabled, as a new version; `unchanged` if it was disabled before.',
      schema: moved,
    },
    ...refusals,
    422: {
      description: 'The definition has no live version, or the idempotency key belongs to another request.',
    },
  },
  handle: (call: SwitchCall) =>
    moveDefinition(
      call,
      (move) => disable(call.ports.registry, { ...move, reason: call.body.reason }),
      call.body,
    ),
})

/** `POST /api/:kind/:id/enable`: ends what `disable` began. */
export const enableDefinition = defineRoute({
  ...shared,
  path: '/api/:kind/:id/enable',
  name: 'enableDefinition',
  summary: 'Enable a definition that was disabled.',
  responses: {
    200: {
      description: 'The newest content that is not a draft is live; `unchanged` if it was enabled before.',
      schema: moved,
    },
    ...refusals,
    422: {
      description:
        'Something that it requires is not live, its manifest has the status `disabled`, or the idempotency key belongs to another request.',
    },
  },
  handle: (call: SwitchCall) =>
    moveDefinition(
      call,
      (move) => enable(call.ports.registry, { ...move, reason: call.body.reason }),
      call.body,
    ),
})
