import { oneLinePrintable } from '../printable.ts'
import { breakWords } from './break-words.ts'
import { countColumns, splitCharacters } from './columns.ts'

/** Columns that a text is given, however far it is indented. */
const LEAST = 20

/**
 * Breaks a text at its spaces, or between the words of a writing without spaces, into lines of at most `width` columns. A word that is longer loses its middle: of a path
 * the name and the place stay.
 * @param indent before the first line
 * @param hang before the others
 */
export function fitLines(text: string, width: number, indent = '', hang = `${indent}  `): string[] {
  const lines: string[] = []
  let line = indent
  let isEmpty = true
  const room = Math.max(LEAST, width - hang.length)
  for (const word of oneLinePrintable(text).split(/ +/)) {
    for (const [at, piece] of breakWords(word, room).entries()) {
      // A word may come to stand where a line begins.
      const fitted = cutMiddle(oneLinePrintable(piece), room)
      const gap = isEmpty || at > 0 ? '' : ' '
      if (!isEmpty && countColumns(line) + gap.length + countColumns(fitted) > width) {
        lines.push(line)
        line = hang + fitted
      } else line += gap + fitted
      isEmpty = false
    }
  }
  return [...lines, line]
}

/** One line, cut at its end. */
export function cutLine(text: string, width: number): string {
  const line = oneLinePrintable(text)
  if (countColumns(line) <= width) return line
  return width < 1 ? '' : `${head(splitCharacters(line), width - 1)}…`
}

/** One line, cut in its middle. */
export function cutMiddle(word: string, width: number): string {
  if (countColumns(word) <= width) return word
  if (width < 1) return ''
  const half = Math.floor((width - 1) / 2)
  const tail = splitCharacters(head(splitCharacters(word).reverse(), half))
    .reverse()
    .join('')
  return `${head(splitCharacters(word), width - 1 - half)}…${tail}`
}

/** Fills a text with spaces up to `width` columns. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - countColumns(text)))
}

/** As many of the first characters as fit. */
function head(characters: readonly string[], width: number): string {
  let start = ''
  let columns = 0
  for (const character of characters) {
    columns += countColumns(character)
    if (columns > width) break
    start += character
  }
  return start
}

/** A sequence that colours text; it fills no column. */
const COLOUR = /\u001b\[[\d;]*m/g

/**
 * Breaks the lines of a text that are wider than `width` columns at their spaces. The further lines are indented
 * like the first and by `hang`. A longer word stays whole: it may have to be copied.
 */
export function fitText(text: string, width: number, hang = '  '): string {
  if (width === Number.POSITIVE_INFINITY) return text
  return text
    .split('\n')
    .flatMap((line) => (countColumns(line) <= width ? [line] : breakLine(line, width, hang)))
    .join('\n')
}

function breakLine(line: string, width: number, more: string): string[] {
  const indent = /^ */.exec(line.replaceAll(COLOUR, ''))?.[0] ?? ''
  const hang = (indent.length < width / 2 ? indent : '') + more
  const lines: string[] = []
  let current = ''
  let gap = ''
  for (const part of line.split(/( +)/)) {
    if (/^ *$/.test(part)) {
      gap += part
      continue
    }
    for (const piece of breakWords(part, Math.max(LEAST, width - hang.length))) {
      const fits = countColumns(current + gap + piece) <= width
      if (!fits && current.trim() !== '') {
        lines.push(current)
        current = hang + piece
      } else current += gap + piece
      gap = ''
    }
  }
  return [...lines, current]
}
