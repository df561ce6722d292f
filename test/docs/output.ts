/** A log gets this line once in each folder; on a terminal a sign of progress stands there, which is gone afterwards. */
const PROGRESS = 'Making the embedded registry in .nofx/ …'

/**
 * The first shown line that is missing from the output, or undefined. Lines must come in order; `…` in a line stands
 * for anything, a line of only `…` for any lines. Lines after the last shown line and blank lines do not count.
 */
export function missingLine(shown: readonly string[], output: string): string | undefined {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && line !== PROGRESS)
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
