import * as z from 'zod'
import { SHA256 } from '../digest.ts'

/**
 * One event of the change feed. `seq` has no gaps and follows commit order; readers who may not see drafts miss
 * numbers. `version` and `digest` are null if they do not exist, or if the reader may not see them.
 */
export const eventSchema = z.object({
  seq: z.int().min(1),
  /** `agent.added`, `agent.updated`, `agent.removed`, `agent.withdrawn`, `agent.validation_failed`; the same for every kind. */
  type: z.string().max(300),
  /** For a refused publish, `kind` and `id` are as the sender wrote them. */
  kind: z.string().max(200),
  id: z.string().max(200),
  version: z.int().nullable(),
  digest: z.string().regex(SHA256).nullable(),
  releaseId: z.string().max(64).nullable(),
  at: z.iso.datetime(),
})

export type RegistryEvent = z.infer<typeof eventSchema>

/**
 * Events after a cursor, in order. `cursor` is the cursor of the next request; it may be greater than the last event
 * shown. `mark` belongs to the event at the cursor and to no other, so that a reader notices numbers that are given again
 * after a restore; null while there is no event.
 */
export const eventPageSchema = z.object({
  cursor: z.int().min(0),
  mark: z.uuid().nullable(),
  events: z.array(eventSchema),
})

export type EventPage = z.infer<typeof eventPageSchema>

/** The arguments of `registry_events_since`. */
export function eventArguments(since: number | 'now', limit: number, mark?: string | null) {
  return { p_since: since === 'now' ? null : since, p_limit: limit, ...(mark ? { p_mark: mark } : {}) }
}

/** Maximum number of events in one page; a larger limit is lowered to this number. */
export const LARGEST_PAGE = 1000
