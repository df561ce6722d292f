/**
 * Scripts whose letters join or stack: there ZWJ and ZWNJ are part of the spelling (Unicode 17, chapters 9 to 14 and
 * 23.2).
 */
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Javanese}\p{Script=Balinese}\u{64b}-\u{655}\u{670}]/u

/** Scripts written without blanks, where U+200B marks the ends of words. */
const UNSPACED =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}]/u

/**
 * Signs that remove a letter's vowel (combining class 9): a joiner beside such a sign chooses the form of the
 * cluster.
 */
const VIRAMA =
  /[\u{94d}\u{9cd}\u{a4d}\u{acd}\u{b4d}\u{bcd}\u{c4d}\u{ccd}\u{d3b}\u{d3c}\u{d4d}\u{dca}\u{f84}\u{1039}\u{103a}\u{17d2}\u{1b44}\u{a9c0}]/u

const CURSIVE =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Mongolian}\u{64b}-\u{655}\u{670}]/u

/**
 * Arabic letters that never join the next letter (ArabicShaping: types R and U), so that ZWNJ after them is
 * invisible.
 */
const UNJOINED =
  /[\u{621}-\u{625}\u{627}\u{629}\u{62f}-\u{632}\u{648}\u{671}-\u{678}\u{688}-\u{699}\u{6c0}\u{6c3}-\u{6cb}\u{6cd}\u{6cf}\u{6d2}\u{6d3}\u{6d5}\u{6dd}\u{6ee}\u{6ef}\u{759}-\u{75b}\u{76b}\u{76c}\u{771}\u{773}\u{774}\u{778}\u{779}]/u

const LETTER = /[\p{L}\p{M}]/u

/** Persian writers put ZWNJ before endings by habit, even where it changes nothing. */
const HABIT = 1 / 4

/**
 * How much a run of zero-width characters can hide between two characters; undefined if the run is not allowed there.
 * 0 means that the run changes what is seen, as the script's spelling requires.
 */
export function weighJoiner(run: string, before: string, after: string): number | undefined {
  if (run === '\u200b') return UNSPACED.test(before) && UNSPACED.test(after) ? 0 : undefined
  if ((run !== '\u200c' && run !== '\u200d') || !JOINING.test(before)) return undefined
  if (VIRAMA.test(before) || VIRAMA.test(after)) return 0
  if (!CURSIVE.test(before)) return 1
  if (run === '\u200d') return LETTER.test(after) ? 1 : 0
  return UNJOINED.test(before) || !LETTER.test(after) ? HABIT : 0
}
