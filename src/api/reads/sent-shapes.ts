import * as z from 'zod'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { dotted } from '../../contract/fields/shown.ts'
import { ASSETS } from '../../contract/source.ts'

const asset = z.strictObject({
  size: z.int().min(0).describe('In bytes.'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hexadecimal'),
})

/** A whole definition in a request. */
export const folder = z
  .strictObject({
    id: z.string().max(255).optional().describe('The folder’s name; without it the id of the manifest.'),
    files: z.record(z.string().min(1).max(1024), z.string()).describe('Text by path inside the folder.'),
    assets: z
      .record(z.string().startsWith(ASSETS).max(1024), asset)
      .optional()
      .describe('Files below `assets/` by path, by their hashes: their content is not sent.'),
  })
  .describe('A whole definition.')

/** A finding about a definition in a request. */
export const sentFinding = z.strictObject({
  field: z.string().describe('Dotted path in the manifest; empty if the finding is about a whole file.'),
  message: z.string(),
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  hint: z.string(),
  file: z.string().describe('Path inside the folder; empty if the finding is about the folder.'),
  line: z.int().min(1),
  column: z.int().min(1),
})

/** The result of a check. */
export const verdict = z.strictObject({
  valid: z.boolean().describe('False when there is an error. Warnings do not count.'),
  errors: z.array(sentFinding),
  more: z.int().min(1).optional().describe('The number of further findings; absent if there are none.'),
})

export function toSentFinding(diagnostic: Diagnostic): z.infer<typeof sentFinding> {
  const { pointer, message, rule, severity, hint, path, line, column } = diagnostic
  return { field: dotted(pointer ?? []), message, rule, severity, hint, file: path, line, column }
}
