/** What a script does with zero-width characters. V8 parses these classes for a millisecond: the first joiner needs them. */
const buildClasses = () => ({
  /**
   * Scripts whose letters join or stack: there ZWJ and ZWNJ are part of the spelling (Unicode 17, chapters 9 to 14 and
   * 23.2).
   */
  joining:
    /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Myanmar}\p{Script=Khmer}\p{Script=Javanese}\p{Script=Balinese}\u{64b}-\u{655}\u{670}]/u,
  /** Scripts written without blanks, where U+200B marks the ends of words. */
  unspaced:
    /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Javanese}]/u,
  /**
   * Signs that remove a letter's vowel (combining class 9): a joiner beside such a sign chooses the form of the
   * cluster.
   */
  virama:
    /[\u{94d}\u{9cd}\u{a4d}\u{acd}\u{b4d}\u{bcd}\u{c4d}\u{ccd}\u{d3b}\u{d3c}\u{d4d}\u{dca}\u{f84}\u{1039}\u{103a}\u{17d2}\u{1b44}\u{a9c0}]/u,
  cursive:
    /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Mongolian}\u{64b}-\u{655}\u{670}]/u,
  /**
   * Arabic letters that never join the next letter (ArabicShaping: types R and U), so that ZWNJ after them is
   * invisible.
   */
  unjoined:
    /[\u{621}-\u{625}\u{627}\u{629}\u{62f}-\u{632}\u{648}\u{671}-\u{678}\u{688}-\u{699}\u{6c0}\u{6c3}-\u{6cb}\u{6cd}\u{6cf}\u{6d2}\u{6d3}\u{6d5}\u{6dd}\u{6ee}\u{6ef}\u{759}-\u{75b}\u{76b}\u{76c}\u{771}\u{773}\u{774}\u{778}\u{779}]/u,
  letter: /[\p{L}\p{M}]/u,
})
let classes: ReturnType<typeof buildClasses> | undefined

/** Persian writers put ZWNJ before endings by habit, even where it changes nothing. */
const HABIT = 1 / 4

/**
 * How much a run of zero-width characters can hide between two characters; undefined if the run is not allowed there.
 * 0 means that the run changes what is seen, as the script's spelling requires.
 */
export function weighJoiner(run: string, before: string, after: string): number | undefined {
  classes ??= buildClasses()
  const { joining, unspaced, virama, cursive, unjoined, letter } = classes
  if (run === '\u200b') return unspaced.test(before) && unspaced.test(after) ? 0 : undefined
  if ((run !== '\u200c' && run !== '\u200d') || !joining.test(before)) return undefined
  if (virama.test(before) || virama.test(after)) return 0
  if (!cursive.test(before)) return 1
  if (run === '\u200d') return letter.test(after) ? 1 : 0
  return unjoined.test(before) || !letter.test(after) ? HABIT : 0
}
