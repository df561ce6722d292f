import type { Diagnostic } from '../../contract/diagnostic.ts'
import { oneLinePrintable } from '../printable.ts'

/** The path of a finding about a value that was given by a flag: `--param name`. */
const FLAG = /^--param(?: |$)/

/** `path:line:column` of a finding; a flag has neither lines nor columns. */
export function renderPlace({ path, line, column }: Pick<Diagnostic, 'path' | 'line' | 'column'>): string {
  const printablePath = oneLinePrintable(path)
  return FLAG.test(path) ? printablePath : `${printablePath}:${line}:${column}`
}

/**
 * Findings with paths from the top of the repository, which a forge needs wherever the command runs.
 * @param inRepository the path from the top to the folder that findings' paths start in, with `/`; empty at the top
 */
export function fromTop(diagnostics: readonly Diagnostic[], inRepository: string): readonly Diagnostic[] {
  if (inRepository === '') return diagnostics
  return diagnostics.map((one) => ({ ...one, path: pathFromTop(one.path, inRepository) }))
}

function pathFromTop(path: string, inRepository: string): string {
  if (path.startsWith('/')) return path
  const parts: string[] = []
  for (const part of `${inRepository}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
