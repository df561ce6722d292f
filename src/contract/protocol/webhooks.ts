import * as z from 'zod'
import { eventSchema } from './events.ts'

/**
 * Requests to the edge function `registry_events_forward`, its answers, and the deliveries that it sends. A request
 * is one POST of JSON; an answer is `{ok: true, result}` or `{ok: false, error}`.
 */

const name = z.string().regex(/^[a-z][a-z0-9_.-]{0,99}$/)
const id = z.string().min(1).max(64)

/** Adds a destination for new events. Without `kinds` or `types`, it receives all of them. */
export const newWebhook = z.strictObject({
  /** Separate rules check the URL, so that the message names the broken rule. */
  url: z.string().max(10_000),
  /** True if the URL is `/api/events/deliveries` of a deployment of this registry's HTTP API. */
  deployment: z.boolean().default(false),
  kinds: z.array(name).max(20).default([]),
  /** Event types, such as `agent.updated`. */
  types: z.array(name).max(50).default([]),
  /** `publisher`: also drafts, disabled definitions and refused publishes. */
  audience: z.enum(['public', 'publisher']).default('public'),
  actor: z.string().min(1).max(255),
})

export const forwarderRequest = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('forward') }),
  newWebhook.extend({ action: z.literal('add') }),
  z.strictObject({ action: z.literal('list') }),
  z.strictObject({ action: z.literal('test'), id }),
  z.strictObject({ action: z.literal('rotate'), id }),
  z.strictObject({ action: z.literal('remove'), id }),
])

/** The request as the sender writes it; below, the same with defaults filled in. */
export type NewWebhook = z.input<typeof newWebhook>
export type ForwarderRequest = z.input<typeof forwarderRequest>

/**
 * The answer to `add`. It is the only answer that contains the secret; a deployment needs it as NOFX_EVENTS_SECRET.
 */
export interface AddedWebhook {
  id: string
  secret: string
  /** Every event after this one is sent. */
  cursor: number
}

/** The answer to `rotate`. Until `oldSecretUntil` (ISO 8601), deliveries are also signed with the previous secret. */
export interface RotatedWebhook {
  id: string
  secret: string
  oldSecretUntil: string
}

/**
 * A destination and its state. Times are ISO 8601; `lag` is the number of events that the destination has not
 * processed yet.
 */
export interface Webhook extends Required<Omit<NewWebhook, 'actor'>> {
  id: string
  /** `failing`: the last attempt failed, and the next is at `nextAt`. `disabled`: the receiver answered 410. */
  state: 'active' | 'failing' | 'disabled'
  cursor: number
  lag: number
  attempts: number
  nextAt: string | null
  lastStatus: number | null
  lastError: string | null
  deliveredAt: string | null
  disabledAt: string | null
  createdBy: string
  createdAt: string
  /** The newest 20 batches that were never delivered: events after `since` up to `cursor`. */
  deadLetters: {
    since: number
    cursor: number
    attempts: number
    lastStatus: number | null
    lastError: string | null
    at: string
  }[]
}

/**
 * The result of one POST. `status` is null if there was no answer; `error` is absent if the receiver accepted the
 * message.
 */
export interface DeliveryAttempt {
  status: number | null
  ms: number
  error?: string
  /** Seconds to wait before the next attempt, if the receiver gives a time. */
  retryAfter?: number
}

/** The result of one call of the forwarder, in batches. */
export interface Forwarded {
  delivered: number
  failed: number
  dead: number
  disabled: number
}

/** The body of a delivery. `timestamp` is the time of the newest event, so that it is equal in every attempt. */
export const deliverySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('registry.events'),
    timestamp: z.iso.datetime(),
    data: z.object({
      since: z.int().min(0),
      /** With this batch, every event up to here that the webhook subscribes to has been sent. */
      cursor: z.int().min(0),
      /** Events up to `since` were pruned before they could be sent: the receiver has to read everything again. */
      missed: z.boolean(),
      events: z.array(eventSchema).min(1).max(100),
    }),
  }),
  z.object({
    type: z.literal('registry.ping'),
    timestamp: z.iso.datetime(),
    data: z.object({ webhook: z.string() }),
  }),
])

export type Delivery = z.infer<typeof deliverySchema>

/** Maximum size of a delivery's body in bytes; a batch has at most 100 events. */
export const MAX_DELIVERY = 256_000
