import stringWidth from 'string-width'

/** Texts of which each character fills a column. Loading string-width takes longer than a small command. */
const NARROW = /^[ -~]*$/
/** Writings of India and of South-East Asia, whose letters may join. */
const MAY_JOIN = /[\u0900-\u109f\u1700-\u1cff\ua800-\uabff\u{11000}-\u{11fff}]/u

let segmenter: Intl.Segmenter | undefined

/** A letter that joins the character before it, but not one of Hangul, and not a half-width mark: they are counted. */
const JOINED_LETTER = /(?<=.)(?![\p{Script=Hangul}\uff00-\uffef])\p{L}/gu

/** Columns that a text fills in a terminal. Escape sequences fill none. */
export function countColumns(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text) + countJoined(text)
}

/**
 * Letters inside of a character, such as the vowel of Thai "\u0e17\u0e33" or the second consonant of Hindi "\u0915\u094d\u0937":
 * string-width counts a character by its first letter, but a terminal gives each of them a column.
 */
function countJoined(text: string): number {
  if (!MAY_JOIN.test(text)) return 0
  return splitCharacters(text).reduce((sum, one) => sum + (one.match(JOINED_LETTER)?.length ?? 0), 0)
}

/** What a reader sees as characters: letters with their marks, and emoji of several code points. */
export function splitCharacters(text: string): string[] {
  segmenter ??= new Intl.Segmenter()
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}
