import stringWidth from 'string-width'

/** Texts of which each character fills a column. Loading string-width takes longer than a small command. */
const NARROW = /^[ -~]*$/

let segmenter: Intl.Segmenter | undefined

/** Columns that a text fills in a terminal. Escape sequences fill none. */
export function countColumns(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
}

/** What a reader sees as characters: letters with their marks, and emoji of several code points. */
export function splitCharacters(text: string): string[] {
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
