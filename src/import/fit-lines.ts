import { oneLinePrintable } from '../core/printable.ts'

/** Characters that fill two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]/u
/** Columns that a text is given, however far it is indented. */
const LEAST = 20

/** Columns that a text fills in a terminal. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += WIDE.test(character) ? 2 : 1
  return columns
}

/**
 * Breaks a text at its spaces into lines of at most `width` columns. A word that is longer loses its middle: of a path
 * the name and the place stay.
 * @param indent before the first line
 * @param hang before the others
 */
export function fitLines(text: string, width: number, indent = '', hang = `${indent}  `): string[] {
  const lines: string[] = []
  let line = indent
  let isEmpty = true
  for (const word of oneLinePrintable(text).split(/ +/)) {
    // A word may come to stand where a line begins.
    const fitted = shorten(oneLinePrintable(word), Math.max(LEAST, width - hang.length))
    if (!isEmpty && columnsOf(line) + 1 + columnsOf(fitted) > width) {
      lines.push(line)
      line = hang
      isEmpty = true
    }
    line += isEmpty ? fitted : ` ${fitted}`
    isEmpty = false
  }
  return [...lines, line]
}

/** One line, cut at its end. */
export function cutLine(text: string, width: number): string {
  const shown = oneLinePrintable(text)
  if (columnsOf(shown) <= width) return shown
  return `${head(shown, width - 1)}…`
}

function shorten(word: string, width: number): string {
  if (columnsOf(word) <= width) return word
  const half = Math.floor((width - 1) / 2)
  const tail = [...head([...word].reverse().join(''), half)].reverse().join('')
  return `${head(word, width - 1 - half)}…${tail}`
}

/** As many of the first characters as fit. */
function head(text: string, width: number): string {
  let shown = ''
  let columns = 0
  for (const character of text) {
    columns += columnsOf(character)
    if (columns > width) break
    shown += character
  }
  return shown
}
