import * as z from 'zod'
import {
  count,
  diagnostic,
  dryRun,
  nameFields,
  outcomeCounts,
  reportOutcome,
  text,
  time,
  version,
} from './parts.ts'

export const validateData = z.strictObject({
  counts: z.strictObject({ definitions: count, errors: count, warnings: count }),
  report: reportOutcome.optional().describe('With --report.'),
})

const reportSummary = z.strictObject({
  id: text,
  origin: z.enum(['publish', 'validate']),
  verdict: z.enum(['accepted', 'refused']),
  releaseId: text.nullable(),
  message: text.nullable(),
  actor: text.nullable(),
  commit: z.strictObject({ sha: text.nullable(), ref: text.nullable() }),
  pullRequest: z.int().nullable(),
  counts: z.strictObject({ definitions: count.optional(), errors: count, warnings: count.optional() }),
  outcomeCounts,
  manifests: text.nullable().describe('The object in storage with the checked manifests.'),
  createdAt: time,
})

export const reportsData = z.strictObject({ reports: z.array(reportSummary) })

export const reportData = z.strictObject({
  report: z.strictObject({
    ...reportSummary.shape,
    findings: z.array(diagnostic),
    leftOut: count.describe('Findings that were counted and not stored.'),
  }),
  manifests: z
    .array(
      z.strictObject({ ...nameFields, change: z.enum(['added', 'updated', 'unchanged']), file: text, text }),
    )
    .optional()
    .describe('With --manifests.'),
})

export const verifyData = z.strictObject({
  rows: z.strictObject({
    revisions: count,
    heads: count,
    edited: z.array(
      z.strictObject({
        ...nameFields,
        version: version.nullable().describe('Null for the head.'),
        field: text,
        problem: text,
      }),
    ),
  }),
  checked: count,
  compared: z.enum(['size', 'hash']),
  listed: count.describe(
    'The number of sizes that are from the list of storage, without a question for each object.',
  ),
  damaged: z.array(
    z.strictObject({
      ...nameFields,
      version,
      path: text,
      problem: text,
      repaired: z.boolean(),
      packedOtherwise: z.literal(true).optional(),
    }),
  ),
  stopped: text.optional().describe('Why bundles could not be compared.'),
})

export const doctorData = z.strictObject({
  checks: z.array(
    z.strictObject({
      name: text,
      state: z.enum(['ok', 'warning', 'failed', 'skipped']),
      detail: text,
      fix: text.optional(),
      code: text.optional(),
    }),
  ),
})

const guess = z.strictObject({ field: text, what: text, why: text, needs: z.boolean().optional() })
const format = text.describe('The format that the source was read as.')
const source = { ...nameFields, format, source: text }
const row = {
  ...source,
  updated: z.boolean(),
  guesses: z.array(guess),
  problems: z.array(diagnostic),
  movedFrom: text.optional(),
  edits: z.array(text),
  loses: text.describe('What --force loses, as a unified diff.'),
}

export const importData = z.strictObject({
  format: text,
  from: text,
  to: text,
  dryRun,
  imported: z.array(z.strictObject(row)),
  unchanged: z.array(z.strictObject({ ...source, guesses: z.array(guess), edits: z.array(text) })),
  conflicted: z.array(z.strictObject({ ...row, conflicts: z.array(text) })),
  skipped: z.array(z.strictObject({ ...source, reason: text, loses: text })),
  failed: z.array(z.strictObject({ kind: text, format, source: text, diagnostics: z.array(diagnostic) })),
  gone: z.array(
    z.strictObject({
      ...source,
      edited: z.boolean(),
      now: z.strictObject({ id: text, source: text }).optional(),
    }),
  ),
  passedOver: z.array(z.strictObject({ source: text, reason: text })),
})
