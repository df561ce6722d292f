import { countColumns } from '../../core/lines/columns.ts'
import { cutLine, cutMiddle, padColumns } from '../../core/lines/fit-lines.ts'
import { oneLinePrintable } from '../../core/printable.ts'
import type { Screen } from '../terminal/screen.ts'

/** One column of a table: its heading, its text for a row, and what happens to it on a narrow screen. */
export interface TableColumn<Row> {
  heading: string
  of: (row: Row, screen: Screen) => string | number | null
  /** Columns with the lowest number are left out first; without a number a column stays. */
  leave?: number
  /** Its texts may be cut to this many columns, and are cut before another column is left out. */
  least?: number
  /** Texts lose their middle instead of their end: paths and URLs. */
  middle?: boolean
}

/** A table as lines, so that a caller can put headings between its rows. */
export interface TableLines {
  heading: string
  /** One line for each row, in their order. */
  lines: string[]
  /** Headings of the columns that were left out although they had texts. */
  left: string[]
}

interface Measured {
  heading: string
  cells: string[]
  /** Columns of the widest text. */
  full: number
  /** The fewest columns that it may get. */
  least: number
  leave: number
  middle: boolean
}

const GAP = '  '

/**
 * Rows as aligned columns under a heading, no line wider than the screen. First texts are cut, then columns are left
 * out in the order of their numbers; a wide screen shows everything.
 */
export function table<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  screen: Screen,
): string {
  const { heading, lines, left } = tableLines(columns, rows, screen)
  return [heading, ...lines, ...leftOut(left, screen)].join('\n')
}

/** The line that names what a narrow screen left out; none when nothing was. */
export function leftOut(left: readonly string[], { width }: Screen): string[] {
  return left.length ? [cutLine(`not shown: ${left.join(', ')} (--wide)`, width)] : []
}

/** The same as `table`, as separate lines. */
export function tableLines<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  screen: Screen,
): TableLines {
  const all = columns.map((column) => measure(column, rows, screen))
  // An empty column says nothing, and takes room from the others.
  const filled = screen.wide ? all : all.filter(({ cells }) => cells.some((cell) => cell !== ''))
  const columnsLeft = leaveOut(filled, screen.width)
  const widths = shareOut(columnsLeft, screen.width)
  const line = (texts: readonly string[]): string => {
    const fitted = columnsLeft.map((column, at) => fitCell(texts[at] ?? '', widths[at] ?? 0, column))
    return cutLine(fitted.join(GAP).trimEnd(), screen.width)
  }
  return {
    heading: line(columnsLeft.map(({ heading }) => heading)),
    lines: rows.map((_, row) => line(columnsLeft.map(({ cells }) => cells[row] ?? ''))),
    left: filled.filter((column) => !columnsLeft.includes(column)).map(({ heading }) => heading),
  }
}

function measure<Row>(column: TableColumn<Row>, rows: readonly Row[], screen: Screen): Measured {
  const { heading, of, least = Number.POSITIVE_INFINITY, leave = Number.POSITIVE_INFINITY } = column
  const cells = rows.map((row) => oneLinePrintable(String(of(row, screen) ?? '-').replaceAll('\n', ' ')))
  const full = [heading, ...cells].reduce((most, text) => Math.max(most, countColumns(text)), 0)
  return { heading, cells, full, least: Math.min(full, least), leave, middle: column.middle === true }
}

/** Without the columns for which there is no room, even if every text is cut as far as it may be. */
function leaveOut(columns: readonly Measured[], width: number): Measured[] {
  const columnsLeft = [...columns]
  for (;;) {
    const needed = columnsLeft.reduce((sum, { least }) => sum + least + GAP.length, -GAP.length)
    const next = columnsLeft.reduce<Measured | undefined>(
      (first, one) => (one.leave < (first?.leave ?? Number.POSITIVE_INFINITY) ? one : first),
      undefined,
    )
    if (needed <= width || !next) return columnsLeft
    columnsLeft.splice(columnsLeft.indexOf(next), 1)
  }
}

/** Gives each column its width: what is missing is taken from the widest columns that may be cut. */
function shareOut(columns: readonly Measured[], width: number): number[] {
  const widths = columns.map(({ full }) => full)
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width
  while (excess > 0) {
    const free = columns.map(({ least }, at) => ((widths[at] ?? 0) > least ? (widths[at] ?? 0) : 0))
    const widest = free.indexOf(Math.max(...free))
    if ((free[widest] ?? 0) === 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess--
  }
  return widths
}

function fitCell(text: string, width: number, { middle }: Measured): string {
  return padColumns(middle ? cutMiddle(text, width) : cutLine(text, width), width)
}

/** `1 agent`, `2 agents`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`
}
