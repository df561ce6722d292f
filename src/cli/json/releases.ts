import * as z from 'zod'
import { RELEASE_ORIGINS } from '../../contract/protocol/effects.ts'
import {
  commit,
  count,
  diff,
  digest,
  dryRun,
  nameFields,
  outcome,
  outcomeCounts,
  risk,
  text,
  time,
  version,
} from './parts.ts'

const outcomeRow = z.strictObject({
  ...nameFields,
  outcome,
  version: version.nullable().describe('The version after the call.'),
  digest: digest.nullable(),
  rank: z.strictObject({ from: count, to: count }).optional(),
})

export const result = z
  .strictObject({
    releaseId: text.nullable().describe('Null if nothing changed.'),
    replayed: z.boolean().describe('Whether an earlier call with the same key had the effect.'),
    seq: count.describe('The last event that was written.'),
    outcomes: z.array(outcomeRow),
  })
  .describe('The answer of the registry to a change.')

export const move = z
  .strictObject({
    ...nameFields,
    outcome,
    from: version.nullable().describe('The version before; null if none was live.'),
    to: version.nullable().describe('The version that the release made.'),
    content: version.nullable().describe('The first version with the same content, if it is an earlier one.'),
    draft: z.boolean(),
  })
  .describe('What a release did to a definition.')

const plannedMove = z
  .strictObject({
    ...nameFields,
    outcome,
    from: version.nullable(),
    content: version.nullable().describe('The version whose content would be live.'),
    diff: diff.optional(),
    risks: z.array(risk).optional(),
  })
  .describe('What a release would do to a definition.')

/** The document of a rollback, a switch, an undelete, a promotion or a withdrawal. */
export const releasedData = z.union([
  z.strictObject({ dryRun: z.literal(true), result, moves: z.array(plannedMove) }),
  z.strictObject({
    dryRun: z.literal(false),
    result,
    moves: z.array(move),
    incident: text.optional().describe('A paragraph for the incident channel, as Markdown.'),
  }),
])

/** The call of a site's deploy hook after a promotion. */
const deployHook = z.union([
  z.strictObject({ rung: z.literal(true), tries: count }),
  z.strictObject({ rung: z.literal(false), tries: count, reason: text }),
])

const [dryRelease, madeRelease] = releasedData.options
export const promoteData = z.union([
  dryRelease,
  z.strictObject({ ...madeRelease.shape, deployHook: deployHook.optional() }),
])

export const rebaseData = z.strictObject({ dryRun, commit, result })

const release = z.strictObject({
  id: text,
  origin: z.enum(RELEASE_ORIGINS),
  commit,
  actor: text,
  reason: text.nullable(),
  undoes: text.nullable().describe('The id of the release that this one undid.'),
  createdAt: time,
  outcomes: z.array(outcomeRow.omit({ rank: true })),
})

export const releasesData = z.strictObject({
  releases: z.array(
    z.strictObject({
      ...release.shape,
      moves: z.array(move).describe('The first of its moves.'),
      moved: count.describe('How many definitions it moved.'),
      outcomeCounts,
    }),
  ),
})

export const releaseData = z.strictObject({
  release,
  moves: z.array(z.strictObject({ ...move.shape, diff: diff.optional(), risks: z.array(risk).optional() })),
  moved: count,
})
