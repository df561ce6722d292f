import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { eventSchema } from '../../contract/protocol/events.ts'
import { sign } from '../../contract/protocol/signature.ts'
import type { Delivery } from '../../contract/protocol/webhooks.ts'
import { type Outgoing, Unsent } from './send.ts'

const destinationSchema = z.object({
  webhook: z.string(),
  url: z.string(),
  deployment: z.boolean(),
  /** Null for a deployment. */
  secret: z.string().nullable(),
  /** The one before, as long as it counts. */
  oldSecret: z.string().nullish(),
})

const leasedSchema = destinationSchema.extend({
  lease: z.string(),
  /** The same for every attempt at the same batch. */
  id: z.string(),
  since: z.int(),
  cursor: z.int(),
  missed: z.boolean(),
  events: z.array(eventSchema).min(1),
})

/** What `registry_lease_deliveries` answers. */
export const leaseSchema = z.object({ looked: z.int(), deliveries: z.array(leasedSchema) })

/** What `registry_webhook_target` answers. */
export const destinationAnswer = destinationSchema

/** A destination: where, and what it is signed with. */
export type Destination = z.infer<typeof destinationSchema>

/** A batch that is this forwarder's for as long as its lease lasts. */
export type Leased = z.infer<typeof leasedSchema>

/**
 * A batch as it goes out. A deployment refuses an id that it has seen, so it gets a fresh one at every attempt; others
 * get the same one, by which they know what they have.
 */
export function eventsMessage(leased: Leased, secrets: readonly string[], now: number): Outgoing {
  const { since, cursor, missed, events } = leased
  const timestamp = events.at(-1)?.at ?? new Date(now).toISOString()
  const id = leased.deployment ? randomUUID() : leased.id
  return messageFor(
    leased,
    id,
    { type: 'registry.events', timestamp, data: { since, cursor, missed, events } },
    {
      secrets,
      now,
    },
  )
}

/** A message that says nothing but that it came. */
export function pingMessage(target: Destination, secrets: readonly string[], now: number): Outgoing {
  const timestamp = new Date(now).toISOString()
  const ping: Delivery = { type: 'registry.ping', timestamp, data: { webhook: target.webhook } }
  return messageFor(target, randomUUID(), ping, { secrets, now })
}

/** @throws Unsent when there is nothing to sign with */
function messageFor(
  { url, deployment, secret, oldSecret }: Destination,
  id: string,
  delivery: Delivery,
  { secrets, now }: { secrets: readonly string[]; now: number },
): Outgoing {
  const own = deployment ? secrets : [secret, oldSecret].filter((one) => typeof one === 'string')
  if (own.length === 0) throw new Unsent('NOFX_EVENTS_SECRET is not set where deliveries are sent from')
  const body = JSON.stringify(delivery)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'nofx',
    // Nobody reads the answer, so it need not be packed either.
    'accept-encoding': 'identity',
    ...sign({ id, timestamp: Math.floor(now / 1000), body }, own),
  }
  return { url, headers, body }
}
