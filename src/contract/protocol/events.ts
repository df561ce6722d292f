import * as z from 'zod'
import { SHA256 } from '../digest.ts'

/**
 * One line of the change feed. `seq` has no gaps and follows commit order; readers who may not see drafts miss numbers.
 * `version` and `digest` are null where they would tell what the reader must not know, or where there is none.
 */
export const eventSchema = z.object({
  seq: z.int().min(1),
  /** `agent.added`, `agent.updated`, `agent.removed`, `agent.withdrawn`, `agent.validation_failed`; the same for every kind. */
  type: z.string().max(300),
  /** Of a refused publish these two are as its sender wrote them. */
  kind: z.string().max(200),
  id: z.string().max(200),
  version: z.int().nullable(),
  digest: z.string().regex(SHA256).nullable(),
  releaseId: z.string().max(64).nullable(),
  at: z.iso.datetime(),
})

export type RegistryEvent = z.infer<typeof eventSchema>

/**
 * Events after a cursor, in order. `cursor` is what to ask from next; it may be beyond the last event shown. `mark` is
 * what no other event with that number has, so that numbers that are given again after a restore are noticed; null while
 * there is no event.
 */
export const eventPageSchema = z.object({
  cursor: z.int().min(0),
  mark: z.uuid().nullable(),
  events: z.array(eventSchema),
})

export type EventPage = z.infer<typeof eventPageSchema>

/** What `registry_events_since` is asked with. */
export function eventArguments(since: number | 'now', limit: number, mark?: string | null) {
  return { p_since: since === 'now' ? null : since, p_limit: limit, ...(mark ? { p_mark: mark } : {}) }
}

/** Most events of one page; a larger limit is read as this one. */
export const LARGEST_PAGE = 1000
