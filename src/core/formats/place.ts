import type { Diagnostic } from '../../contract/diagnostic.ts'
import { oneLinePrintable } from '../printable.ts'

/** The path of a finding about a value that was given by a flag: `--param name`. */
const FLAG = /^--param(?: |$)/

/** `path:line:column` of a finding; a flag has neither lines nor columns. */
export function renderPlace({ path, line, column }: Pick<Diagnostic, 'path' | 'line' | 'column'>): string {
  const printablePath = oneLinePrintable(path)
  return FLAG.test(path) ? printablePath : `${printablePath}:${line}:${column}`
}
