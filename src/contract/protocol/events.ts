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
 * shown.
 */
export const eventPageSchema = z.object({ cursor: z.int().min(0), events: z.array(eventSchema) })

export type EventPage = z.infer<typeof eventPageSchema>

/** Maximum number of events in one page; a larger limit is lowered to this number. */
export const LARGEST_PAGE = 1000
