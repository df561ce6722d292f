import * as z from 'zod'
import { FAILURES, type FailureCode } from '../../contract/failure.ts'
import { DATA } from './commands.ts'
import { diagnostic } from './parts.ts'

const diagnostics = z.array(diagnostic).describe('Findings about definitions or parameters.')
const codes = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]]

export const failure = z.strictObject({
  code: z.enum(codes).describe('Why the command failed; the exit status follows from it.'),
  message: z.string().min(1),
  hint: z.string().describe('The action that fixes it.'),
  at: z.string().optional().describe('The place, as path:line:column or a URL.'),
  detail: z.unknown().optional().describe('Further facts, which depend on the code.'),
})

/**
 * The document that a command prints with `--json`, of which only `data` depends on the command. A command that failed
 * after it had a result prints both.
 */
export function answerOf<Data extends z.ZodType>(data: Data) {
  return z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), data, diagnostics }),
    z.strictObject({
      ok: z.literal(false),
      error: failure,
      data: data.optional(),
      diagnostics,
    }),
  ])
}

/** The document of a command of a plugin, or before the command is known. */
export const anyAnswer = answerOf(z.record(z.string(), z.unknown()))

/** The document of each command, by the command's name. */
export const ANSWERS: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(DATA).map(([name, data]) => [name, answerOf(data)]),
)
