import { printableText } from '../../core/printable.ts'

/** Rows as aligned columns under a heading; the last column is not padded. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = [heading, ...rows].map((row) =>
    row.map((cell) => printableText(String(cell ?? '-')).replaceAll('\n', ' ')),
  )
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

/** `1 agent`, `2 agents`. */
export function count(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`
}
