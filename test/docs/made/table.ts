/** A Markdown table. Bars in cells are escaped; line breaks become blanks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

const cell = (text: string) => text.replaceAll('\n', ' ').replaceAll('|', '\\|')
