/** Turns that no message may have. Each has a plain equivalent, such as "fix", "is not a" or the name of a role. */
export const REFUSED_IN_MESSAGES = /\b(?:(?:whoever|nobody|is none|mend)\b|is no (?!longer)(?:[a-z]|$))/i

/** Turns that no comment and no test name may have. "There is no" is plain English and allowed. */
export const REFUSED_IN_PROSE =
  /\b(?:(?:whoever|nobody|mend(?:s|ed)?|is none|of theirs)\b|(?<!\bthere )is no (?!longer\b)[a-z])/i

/**
 * Turns that no page may have: people instead of roles, "is no" for "is not a", pronouns without a noun, and words that
 * only sound like the standard ones ("told" for "reported" or "given", "go on" for "continue", "anew" for "again").
 */
export const REFUSED_IN_PAGES = new RegExp(
  [
    String.raw`\b(?:whoever|nobody|somebody|mend(?:s|ed|ing)?|told|tells of|says so|anew|apart by|go(?:es)? on)\b`,
    String.raw`\b(?:is|was) said\b|\b(?:is|are) none\b|\bof (?:ours|yours|theirs)\b`,
    String.raw`(?<!\bthere )\b(?:is|are|was|were) no (?!longer)(?:[a-z]|$)`,
  ].join('|'),
  'i',
)

/** A text without comment signs or line breaks, and its path and line. */
export interface Located {
  at: string
  text: string
}

/** The texts with a refused turn, for the failure's message. */
export const refusedIn = (texts: readonly Located[], refused: RegExp): string[] =>
  texts.flatMap(({ at, text }) => (refused.test(text) ? [`${at} ${text.trim()}`] : []))
