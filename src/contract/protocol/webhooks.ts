import * as z from 'zod'
import { eventSchema } from './events.ts'

/**
 * What the edge function `registry_events_forward` is asked, what it answers, and what it sends to others. A request is
 * one POST of JSON; an answer is `{ok: true, result}` or `{ok: false, error}`.
 */

const name = z.string().regex(/^[a-z][a-z0-9_.-]{0,99}$/)
const id = z.string().min(1).max(64)

/** Where the feed is to be sent from now on. Without kinds or types, all of them. */
export const newWebhook = z.strictObject({
  /** Checked by rules of its own, so that people hear which one it breaks. */
  url: z.string().max(10_000),
  /** The URL is `/api/events/deliveries` of a deployment of this registry's HTTP API. */
  deployment: z.boolean().default(false),
  kinds: z.array(name).max(20).default([]),
  /** Such as `agent.updated`. */
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

/** As its sender writes it, and as it is after defaults are filled in. */
export type NewWebhook = z.input<typeof newWebhook>
export type ForwarderRequest = z.input<typeof forwarderRequest>

/** The answer to `add`. The secret is told here and never again; a deployment's is to be set as NOFX_EVENTS_SECRET. */
export interface AddedWebhook {
  id: string
  secret: string
  /** Everything after this event is sent. */
  cursor: number
}

/** The answer to `rotate`: until `oldSecretUntil` (ISO 8601) deliveries are signed with the secret before as well. */
export interface RotatedWebhook {
  id: string
  secret: string
  oldSecretUntil: string
}

/** A destination and how it stands. Times are ISO 8601; `lag` counts events that it has still to look at. */
export interface Webhook extends Required<Omit<NewWebhook, 'actor'>> {
  id: string
  /** `failing`: the last attempt failed, and the next one is at `nextAt`. `disabled`: it answered 410. */
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
  /** The newest 20 batches that it never took: events after `since` up to `cursor`. */
  deadLetters: {
    since: number
    cursor: number
    attempts: number
    lastStatus: number | null
    lastError: string | null
    at: string
  }[]
}

/** What came of one POST. `status` is null when there was no answer; `error` is absent when it was taken. */
export interface Attempt {
  status: number | null
  ms: number
  error?: string
  /** Seconds after which the receiver wants to be asked again, when it says so. */
  retryAfter?: number
}

/** What a forwarder did in one call, in batches. */
export interface Forwarded {
  delivered: number
  failed: number
  dead: number
  disabled: number
}

/** The body of a delivery. `timestamp` is the time of the newest event, so that it is the same at every attempt. */
export const deliverySchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('registry.events'),
    timestamp: z.iso.datetime(),
    data: z.object({
      since: z.int().min(0),
      /** Everything up to here that the webhook asked for was sent with this batch. */
      cursor: z.int().min(0),
      /** Events up to `since` were forgotten before they were sent: read everything again. */
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

/** Largest body of a delivery, bytes: a batch has at most 100 events. */
export const MAX_DELIVERY = 256_000
