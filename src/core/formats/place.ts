import type { Diagnostic } from '../../contract/diagnostic.ts'
import { oneLinePrintable } from '../printable.ts'

/** The path of a finding about a value that was given by a flag: `--param name`. */
const FLAG = /^--param(?: |$)/

/** `path:line:column` of a finding; a flag has neither lines nor columns. */
export function renderPlace({ path, line, column }: Pick<Diagnostic, 'path' | 'line' | 'column'>): string {
  const printablePath = oneLinePrintable(path)
  return FLAG.test(path) ? printablePath : `${printablePath}:${line}:${column}`
}

/** The path from the top of the repository, which a forge needs wherever the command runs. */
export function fromTop(path: string, inRepository: string): string {
  if (inRepository === '' || path.startsWith('/')) return path
  const parts: string[] = []
  for (const part of `${inRepository}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}
