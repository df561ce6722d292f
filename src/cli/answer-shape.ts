import * as z from 'zod'
import { FAILURES, type FailureCode } from '../contract/failure.ts'

const diagnostic = z.object({
  path: z.string().describe('The file, relative to the folder that the command ran in.'),
  line: z.int().min(1),
  column: z.int().min(1),
  severity: z.enum(['error', 'warning']),
  rule: z.string().describe('The id of the rule, which never changes its meaning.'),
  message: z.string(),
  hint: z.string().describe('What to do.'),
  kind: z.string().optional(),
  id: z.string().optional(),
  pointer: z
    .array(z.union([z.string(), z.int()]))
    .optional()
    .describe('The place in a JSON or YAML document: keys and indices from its root.'),
})

const diagnostics = z.array(diagnostic).describe('Findings about definitions or parameters.')
const codes = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]

/** The document that each command prints with `--json`: docs/schema/cli/answer.json is made from it. */
export const answerShape = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    data: z.record(z.string(), z.unknown()).describe('The result; its fields depend on the command.'),
    diagnostics,
  }),
  z.strictObject({
    ok: z.literal(false),
    error: z.strictObject({
      code: z.enum(codes).describe('Why the command failed; the exit status follows from it.'),
      message: z.string().min(1),
      hint: z.string().describe('The action that fixes it.'),
      at: z.string().optional().describe('The place, as path:line:column or a URL.'),
      detail: z.unknown().optional().describe('Further facts, which depend on the code.'),
    }),
    diagnostics,
    data: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('What was done before the failure, such as the report of a run.'),
  }),
])

/** The JSON Schema (draft 2020-12) of `answerShape`, for programs that read `--json`. */
export function answerSchema(): Record<string, unknown> {
  const { $schema, ...shape } = z.toJSONSchema(answerShape, { io: 'output', target: 'draft-2020-12' })
  return { $schema, title: 'The answer of a NOFX command with --json', ...shape }
}
