import type { Diagnostic } from '../../contract/diagnostic.ts'
import { oneLinePrintable } from '../printable.ts'

/** The path of a finding about a value that was given by a flag: `--param name`. */
const FLAG = /^--param(?: |$)/

/** `path:line:column` of a finding; a flag has neither lines nor columns. */
export function placeOf({ path, line, column }: Pick<Diagnostic, 'path' | 'line' | 'column'>): string {
  const shown = oneLinePrintable(path)
  return FLAG.test(path) ? shown : `${shown}:${line}:${column}`
}
