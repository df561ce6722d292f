import * as z from 'zod'
import { OUTCOMES } from '../../contract/protocol/effects.ts'

/** Shapes that the documents of several commands contain. Their names are the same in every document. */

export const text = z.string()
export const count = z.int().min(0)
export const version = z.int().min(1)
export const time = z.iso.datetime().describe('ISO 8601 in UTC.')
export const digest = z.string().regex(/^[0-9a-f]{64}$/)
export const object = z.record(z.string(), z.unknown())
/** How many definitions have each outcome: `added`, `updated`, `unchanged`, … */
export const outcomeCounts = z.record(z.string(), count)

export const severity = z.enum(['error', 'warning'])
export const state = z.enum(['draft', 'active', 'deprecated', 'disabled', 'removed'])

/** What names a definition, in every row about one. */
export const nameFields = { kind: text, id: text }

export const pointer = z
  .array(z.union([z.string(), z.int()]))
  .describe('The place in a JSON or YAML document: keys and indices from its root.')

export const diagnostic = z
  .strictObject({
    path: text.describe('The file, relative to the folder that the command ran in.'),
    line: z.int().min(1),
    column: z.int().min(1),
    severity,
    rule: text.describe('The id of the rule, which never changes its meaning.'),
    message: text,
    hint: text.describe('What to do.'),
    kind: text.optional(),
    id: text.optional(),
    pointer: pointer.optional(),
  })
  .describe('A finding about a definition or a parameter.')

export const commit = z
  .strictObject({
    sha: text.describe('The full SHA, or `uncommitted`.'),
    rank: count.describe('The number of commits up to it, along first parents.'),
    dirty: z.boolean().describe('Whether there were changes that were not committed.'),
    ref: text.optional().describe('The branch or tag.'),
  })
  .describe('The commit of a publish.')

export const fileEntry = z.strictObject({
  path: text,
  size: count,
  sha256: digest,
  executable: z.literal(true).optional(),
})

export const hold = z
  .strictObject({
    digest,
    version,
    reason: text.nullable(),
    by: text,
    since: time,
    withdrawn: z
      .literal(true)
      .optional()
      .describe('The content is deleted, so no publish makes it live again.'),
  })
  .describe('Content that a publish does not make live again.')

export const operatorSwitch = z
  .strictObject({ reason: text, by: text, since: time })
  .describe('Why an operator keeps the definition disabled.')

export const risk = z.strictObject({
  id: text,
  level: z.enum(['low', 'medium', 'high']),
  field: text.describe('The field of the manifest, as a dotted path.'),
  message: text,
})

const fieldChange = z.strictObject({
  path: text,
  before: z.unknown().optional(),
  after: z.unknown().optional(),
})

export const diff = z
  .strictObject({
    fields: z.array(fieldChange),
    files: z.array(
      z.strictObject({
        path: text,
        change: z.enum(['added', 'removed', 'changed']),
        sizes: z.tuple([count, count]).describe('Bytes before and after.'),
        patch: text.optional().describe('A unified diff.'),
        fields: z.array(fieldChange).optional(),
        executable: z.boolean().optional(),
      }),
    ),
  })
  .describe('How two states of a definition differ.')

export const outcome = z.enum(OUTCOMES)

/** Whether the report of a check was stored, or why it was not. */
export const reportOutcome = z.union([
  z.strictObject({ kept: z.literal(true), id: text }),
  z.strictObject({ kept: z.literal(false), problem: text }),
])

/** A command with `--dry-run` reports whether it was one. */
export const dryRun = z.boolean().describe('Whether nothing was written.')
