import type { Diagnostic } from '../../contract/diagnostic.ts'
import { countColumns } from '../lines/columns.ts'
import { cutLine } from '../lines/fit-lines.ts'
import { oneLinePrintable } from '../printable.ts'
import type { FindingsScreen, Palette } from './format.ts'

/** A narrower screen has no room for the lines of files. */
const LEAST_WIDTH = 60
/** The least that a line shows before the place of a finding, columns. */
const LEAST_BEFORE = 20

/** The line of the file, and a mark under the place of the finding. Empty without room, file or text. */
export function codeFrame(
  { path, line, column }: Diagnostic,
  { width, readText }: FindingsScreen,
  paint: Palette,
): string[] {
  const source = width < LEAST_WIDTH ? undefined : readText?.(path)?.split(/\r\n|\r|\n/)[line - 1]
  // A bracket alone says nothing: the finding is about what is not there.
  if (source === undefined || source.trim().length < 2) return []
  const gutter = `  ${line} │ `
  const room = width - countColumns(gutter)
  const before = oneLinePrintable(source.slice(0, column - 1).replaceAll('\t', '  '))
  const after = oneLinePrintable(source.slice(column - 1).replaceAll('\t', '  '))
  const start = cutEnd(before, Math.max(LEAST_BEFORE, room - Math.max(countColumns(after), LEAST_BEFORE)))
  const codeLine = cutLine(start + after, room)
  const mark = `${' '.repeat(countColumns(`  ${line} `))}│ ${' '.repeat(countColumns(start))}`
  return [`${paint.dim(gutter)}${codeLine}`, `${paint.dim(mark)}${paint.red('^')}`]
}

/** The end of a text that fits. */
function cutEnd(text: string, width: number): string {
  if (countColumns(text) <= width) return text
  let end = text.slice(-width)
  while (countColumns(end) > width - 1) end = end.slice(1)
  return `…${end}`
}
