import * as z from 'zod'
import { OUTCOMES } from '../../contract/protocol/effects.ts'
import { eventPageSchema, eventSchema } from '../../contract/protocol/events.ts'
import { digest, instant, releaseOrigin, version } from './shapes.ts'

const outcome = z.enum(OUTCOMES)

/** A publish, rollback, promotion or another effect on any number of definitions. */
export const release = z.strictObject({
  id: z.string(),
  seq: z.int().min(0).describe('The number of its last event.'),
  origin: releaseOrigin,
  commit: z.strictObject({
    sha: z.string(),
    rank: z.int(),
    dirty: z.boolean(),
    ref: z.string().optional(),
  }),
  actor: z.string(),
  reason: z.string().nullable(),
  undoes: z.string().nullable().describe('The release that this release undid.'),
  createdAt: instant,
  outcomes: z.array(
    z.strictObject({
      kind: z.string(),
      id: z.string(),
      outcome,
      version: z.int().nullable(),
      digest: digest.nullable(),
      rank: z.strictObject({ from: z.int(), to: z.int() }).optional(),
    }),
  ),
})

export const releaseList = z.strictObject({
  items: z.array(release),
  nextCursor: z.string().nullable(),
})

/** One release, with what it did to the first definitions that it moved. */
export const wholeRelease = release.extend({
  undoneBy: z.string().nullable().describe('The release that undid this release.'),
  moves: z
    .array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        outcome,
        from: version.nullable().describe('The live version before; null if there was none.'),
        to: version.nullable().describe('The version that the release made.'),
        content: version
          .nullable()
          .describe('The first version with the same content, if it is an earlier one.'),
        draft: z.boolean().describe('Whether readers do not see the version.'),
      }),
    )
    .describe('The first 30 definitions that it moved.'),
  moved: z.int().min(0).describe('How many definitions it moved.'),
})

const cause = {
  origin: releaseOrigin.nullable().optional().describe('With `expand=release`: what made it.'),
  actor: z.string().nullable().optional().describe('With `expand=release`: who made it.'),
  reason: z.string().nullable().optional().describe('With `expand=release`: why.'),
  outcome: outcome.nullable().optional().describe('With `expand=release`: what happened to the definition.'),
}

/** A page of the change feed. */
export const eventList = eventPageSchema.extend({ events: z.array(eventSchema.extend(cause)) })
