import { BLANKS, HIDDEN, nameOfPoint } from '../../../src/contract/text/hidden-characters.ts'

/** A piece of a text and where it begins: characters to show as they are, or one character that would not be seen. */
export type Piece = { at: number } & ({ text: string } | { name: string })

/** Combining marks on one character; more cover the lines above and below. */
const MOST_MARKS = 4

const CLASS = `\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u{d800}-\\u{dfff}${BLANKS}${HIDDEN}`
const UNSEEN = new RegExp(`[${CLASS}]`, 'u')
const PIECES = new RegExp(`[${CLASS}]|[^${CLASS}]+`, 'gu')
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MOST_MARKS}})(\\p{M}+)`, 'gu')

/**
 * Divides a foreign text so that nothing in it is unseen: controls, bidirectional marks, zero-width and tag characters
 * stand alone, with their code point, and a tower of combining marks is cut.
 * @returns the pieces in order; joined they are the text, but for the marks that were cut
 */
export function markHidden(text: string): Piece[] {
  const short = text.replace(TOO_MANY_MARKS, '$1')
  if (!UNSEEN.test(short)) return [{ at: 0, text: short }]
  const pieces: Piece[] = []
  for (const { 0: text, index } of short.matchAll(PIECES)) {
    // Such as `U+202E (right-to-left override)`.
    if (UNSEEN.test(text)) pieces.push({ at: index, name: nameOfPoint(text.codePointAt(0) ?? 0) })
    else pieces.push({ at: index, text })
  }
  return pieces
}

/** The same as a text, for places that take no elements: code points stand in brackets. */
export function showHidden(text: string): string {
  return markHidden(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.name.split(' ')[0]}]`))
    .join('')
}
