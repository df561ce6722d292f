import * as z from 'zod'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'
import { deliverySchema } from '../../contract/protocol/webhooks.ts'
import { checkDelivery, refuseDelivery } from '../events/check-delivery.ts'
import { refuse } from '../http/problem.ts'
import { buildTags } from '../http/tags.ts'
import type { ApiPorts } from '../ports.ts'
import { defineRoute, type RouteCall } from '../route.ts'

/**
 * `POST /api/events/deliveries`: a delivery of the
 * feed, signed by the registry's forwarder. Purges
 * outdated answers from caches, and wakes the streams
 * of this instance. The middleware checks deliveries;
 * a deployment without it relies on the checks here.
 */
export const receiveDeliveries = defineRoute({
  method: 'POST',
  path: '/api/events/deliveries',
  name: 'receiveDeliveries',
  summary: 'Accept a signed delivery from the registry’s forwarder.',
  access: 'public',
  previews: false,
  body: z.unknown().describe('Signed as Standard Webhooks specifies; see docs/events.md.'),
  headers: {
    'webhook-id': { description: 'The id of this attempt; it is accepted once.', required: true },
    'webhook-timestamp': { description: 'Seconds since 1970.', required: true },
    'webhook-signature': { description: '`v1,` followed by the signature.', required: true },
  },
  responses: {
    204: { description: 'The delivery was accepted.' },
    401: {
      description:
        'The delivery is not signed by the registry, is too old, or was accepted before; nothing was written.',
    },
  },
  handle: async ({ headers, text, body, ports }: RouteCall) => {
    const { secrets, purge } = ports.deliveries ?? { secrets: [], purge: async () => {} }
    await claim(checkDelivery(headers, text, secrets), ports)
    const { data: delivery } = deliverySchema.safeParse(body)
    if (!delivery)
      throw refuse(
        400,
        'BAD_REQUEST',
        'the delivery has an unknown format',
        'deploy this API and the functions again',
      )
    if (delivery.type === 'registry.events') {
      const { missed, events, cursor } = delivery.data
      await purge(missed ? ['registry'] : buildTags(events.filter(isMove)))
      ports.bus.publish(cursor)
    }
    return { status: 204 }
  },
})

/** A refused publish moves nothing, and its ids are as the sender wrote them: not every text may be a tag. */
function isMove({ type }: Pick<RegistryEvent, 'type'>): boolean {
  return !type.endsWith('.validation_failed')
}

/** @throws Refusal 401 for an id that this function has accepted before, Failure when the registry does not answer */
async function claim(id: string, { service }: ApiPorts): Promise<void> {
  const args = { p_place: 'function', p_id: id }
  const { data, error, status } = await service.rpc('registry_claim_delivery', args)
  if (error) throw remoteFailure('the registry', 'note a delivery', { ...error, status })
  if (data !== true) throw refuseDelivery('replayed')
}
