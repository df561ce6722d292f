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
  /** The previous secret, as long as it is valid. */
  oldSecret: z.string().nullish(),
})

const leasedSchema = destinationSchema.extend({
  lease: z.string(),
  /** Equal for every attempt at the same batch. */
  id: z.string(),
  since: z.int(),
  cursor: z.int(),
  missed: z.boolean(),
  events: z.array(eventSchema).min(1),
})

/** The answer of `registry_lease_deliveries`. */
export const leaseSchema = z.object({ looked: z.int(), deliveries: z.array(leasedSchema) })

/** The answer of `registry_webhook_target`. */
export const destinationAnswer = destinationSchema

/** A destination: its URL and the secrets that sign its deliveries. */
export type Destination = z.infer<typeof destinationSchema>

/** A batch that belongs to this forwarder until its lease ends. */
export type Leased = z.infer<typeof leasedSchema>

/**
 * The message of a batch. A deployment refuses an id that it has seen, so it gets a new one for every attempt; other
 * receivers get the same one, by which they recognise a repeated batch.
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

/** A message without events, to test a destination. */
export function pingMessage(destination: Destination, secrets: readonly string[], now: number): Outgoing {
  const timestamp = new Date(now).toISOString()
  const ping: Delivery = { type: 'registry.ping', timestamp, data: { webhook: destination.webhook } }
  return messageFor(destination, randomUUID(), ping, { secrets, now })
}

/** @throws Unsent when the destination has no secret */
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
    // The answer is not read, so it need not be compressed.
    'accept-encoding': 'identity',
    ...sign({ id, timestamp: Math.floor(now / 1000), body }, own),
  }
  return { url, headers, body }
}
