import { Chalk, type ChalkInstance } from 'chalk'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { Failure } from '../contract/failure.ts'
import { fitText } from '../core/lines/fit-lines.ts'
import { inertJson, printableText, safeOutput } from '../core/printable.ts'
import { noteDocument } from './answer.ts'
import { jsonPieces } from './terminal/json-pieces.ts'
import { PacedOutput } from './terminal/paced-output.ts'
import { measureWidth } from './terminal/screen.ts'
import { clearSign } from './terminal/sign-of-life.ts'

/** Colours for one stream: none without a terminal, with NO_COLOR, or under --json. */
export function paletteFor(stream: { isTTY?: boolean }): ChalkInstance {
  const { FORCE_COLOR, NO_COLOR } = process.env
  const on = FORCE_COLOR && FORCE_COLOR !== '0' ? true : !NO_COLOR && stream.isTTY === true
  return new Chalk({ level: on ? 1 : 0 })
}

/** Text that is safe for a stream: published content may contain escape sequences, which a terminal executes. */
export function safeFor(stream: { isTTY?: boolean }, text: string): string {
  return safeOutput(text, { colours: paletteFor(stream).level > 0 })
}

/**
 * The document on stdout when a command with `--json` fails.
 * @param data the result so far, if the command had one
 */
export function errorDocument(failure: Failure, diagnostics: readonly Diagnostic[], data?: object): object {
  const { code, message, hint, at, detail } = failure
  return { ok: false, error: { code, message, hint, at, detail }, data, diagnostics }
}

let paced: PacedOutput | undefined

/** Everything that commands print on stdout, in its order. */
function output(): PacedOutput {
  paced ??= new PacedOutput(process.stdout)
  return paced
}

/** Prints one document to stdout. What its reader does not take at once is made and printed later: see `allPrinted`. */
export function printJson(document: unknown): void {
  clearSign()
  noteDocument()
  output().print(inertPieces(document))
}

function* inertPieces(document: unknown): Generator<string> {
  for (const piece of jsonPieces(document)) yield inertJson(piece)
  yield '\n'
}

/** Prints a text and the end of its last line to stdout. What its reader does not take at once is printed later. */
export function printText(text: string): void {
  clearSign()
  output().print([`${text}\n`])
}

/** Resolves when all output was given to stdout, or its reader is gone. */
export async function allPrinted(): Promise<void> {
  await paced?.printed()
}

/** Prints a failure: what is wrong, where, and the action that fixes it. To stderr, or to stdout with `--json`. */
export function printFailure(failure: Failure, { json = false } = {}): void {
  if (json) printJson(errorDocument(failure, []))
  else printForPeople(failure)
}

function printForPeople(failure: Failure): void {
  const paint = paletteFor(process.stderr)
  const at = failure.at && !failure.message.includes(failure.at) ? `${failure.at}: ` : ''
  const lines = [
    `${paint.red('error')} ${paint.bold(failure.code)} ${printableText(`${at}${failure.message}`)}`,
    ...(failure.hint ? [`  ${paint.cyan('hint:')} ${printableText(failure.hint)}`] : []),
  ]
  clearSign()
  process.stderr.write(`${fitText(lines.join('\n'), measureWidth(process.stderr))}\n`)
  if (wantsStack())
    process.stderr.write(`${failure.stack}\n${String((failure.cause as Error)?.stack ?? '')}\n`)
}

/** Whether to show stack traces: only with `DEBUG=nofx`. */
export function wantsStack(): boolean {
  return /(^|[,\s])(nofx|\*)/.test(process.env.DEBUG ?? '')
}
