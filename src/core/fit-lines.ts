import stringWidth from 'string-width'
import { oneLinePrintable } from './printable.ts'

/** Columns that a text is given, however far it is indented. */
const LEAST = 20

/** Texts of which each character fills a column. Loading string-width takes longer than a small command. */
const NARROW = /^[ -~]*$/

let segmenter: Intl.Segmenter | undefined

/** Columns that a text fills in a terminal. Escape sequences fill none. */
export function countColumns(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
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
    const fitted = cutMiddle(oneLinePrintable(word), Math.max(LEAST, width - hang.length))
    if (!isEmpty && countColumns(line) + 1 + countColumns(fitted) > width) {
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

/** What a reader sees as characters: letters with their marks, and emoji of several code points. */
function splitCharacters(text: string): string[] {
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
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
    const fits = countColumns(current + gap + part) <= width
    if (!fits && current.trim() !== '') {
      lines.push(current)
      current = hang + part
    } else current += gap + part
    gap = ''
  }
  return [...lines, current]
}
