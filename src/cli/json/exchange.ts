import * as z from 'zod'
import { count, dryRun, nameFields, text } from './parts.ts'

const outcome = z.enum(['mapped', 'approximated', 'kept', 'dropped'])
const rowFields = {
  field: text.describe('The path of the field; `*` stands for one name.'),
  outcome,
  reason: text.describe('What the field becomes, or why it does not.'),
  limits: z
    .literal(true)
    .optional()
    .describe('The field limits what an agent may do: not to map it fails with --strict.'),
}

export const exportData = z.strictObject({
  format: text,
  client: text.optional(),
  to: text,
  dryRun,
  check: z.boolean(),
  definitions: count,
  skipped: z.array(z.strictObject({ ...nameFields, reason: text })),
  files: z.array(
    z.strictObject({
      path: text.describe('Relative to the target.'),
      state: z.enum(['written', 'updated', 'unchanged', 'removed', 'left', 'foreign', 'edited']),
      diff: text.optional().describe('With --check and --dry-run: a unified diff.'),
    }),
  ),
  ledger: z
    .array(z.strictObject({ ...rowFields, source: text, at: text.describe('The place of the field.') }))
    .describe('What became of each field of each definition.'),
})

export const formatsData = z.strictObject({
  formats: z.array(
    z.strictObject({
      id: text,
      title: text,
      directions: z.array(z.enum(['import', 'export'])),
      kinds: z.array(text),
      places: z.array(text).describe('The files, below the target of an export.'),
      clients: z.array(text).describe('For --client.'),
      limits: z.array(z.strictObject({ field: text, rule: text })),
      lost: z.array(text).describe('Limits of an agent that an export may not write as they are.'),
      writes: z.array(z.strictObject(rowFields)),
      reads: z.array(z.strictObject(rowFields)),
    }),
  ),
})
