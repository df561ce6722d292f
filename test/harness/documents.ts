import type * as z from 'zod'
import { ANSWERS, anyAnswer } from '../../src/cli/json/answer.ts'
import { watchLine } from '../../src/cli/json/others.ts'

/** The command with the longest name at the start of the arguments, in spite of flags between its words. */
export function commandOf(args: readonly string[], names: Iterable<string>): string | undefined {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const fits = [...names].filter((name) => name.split(' ').every((word, at) => words[at] === word))
  return fits.sort((a, b) => b.length - a.length)[0]
}

/**
 * Compares what a run with `--json` printed with the published shape of its command, in which unknown fields are not
 * allowed. Output that is not one document is left to the test.
 * @throws Error that names the fields that differ
 */
export function requireShape(args: readonly string[], stdout: string): void {
  if (commandOf(args, ['registry watch'])) {
    requireLines(args, stdout)
    return
  }
  const document = parse(stdout)
  const shape = ANSWERS.get(commandOf(args, ANSWERS.keys()) ?? '') ?? anyAnswer
  if (document !== undefined) compare(args, shape, document)
}

/** Each line is an event, or the document of the failure that ended the command. */
function requireLines(args: readonly string[], stdout: string): void {
  for (const line of stdout.split('\n').filter(Boolean)) {
    const value = parse(line)
    if (value === undefined) continue
    compare(args, Object.hasOwn(value as object, 'ok') ? anyAnswer : watchLine, value)
  }
}

function compare(args: readonly string[], shape: z.ZodType, value: unknown): void {
  const { error } = shape.safeParse(value)
  const what = `nofx ${args.join(' ')}: its document has another shape than the one in src/cli/json/`
  if (error) throw new Error(`${what}: ${error.message}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
