/**
 * The first shown line that the output lacks, undefined when it is as shown. Lines come in their order; `…` in a line
 * stands for anything, a line of `…` alone for any lines. What comes after the last shown line does not
 * count, nor do blank lines.
 */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean)
  let next = 0
  let anywhere = false
  for (const line of shown.map((text) => text.trimEnd())) {
    if (line === '…') {
      anywhere = true
      continue
    }
    const pattern = new RegExp(`^${line.split('…').map(escaped).join('.*')}$`)
    const end = anywhere ? lines.length : next + 1
    const found = lines.slice(next, end).findIndex((candidate) => pattern.test(candidate))
    if (found < 0) return line
    next += found + 1
    anywhere = false
  }
  return undefined
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
