import { HIDDEN } from '../contract/text/hidden-characters.ts'

/**
 * Controls, escape sequences and invisible characters: they could rewrite what a terminal shows, or make two texts
 * look equal. Also what a GitHub Actions runner executes from a job's log: `##[` anywhere in a line, `::` at its
 * start.
 */
const UNSAFE = new RegExp(
  `[\\u0000-\\u001f\\u007f-\\u009f${HIDDEN}\\u{d800}-\\u{dfff}]|(?<=##)\\[|(?<=^\\s*):(?=:)`,
  'gu',
)

/** Untrusted text on one line, with every unsafe character written as `\u{1b}`. */
export function oneLinePrintable(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for text that may contain line feeds and tabs. */
export function printableText(text: string): string {
  return text.replace(/[^\n\t]+/g, oneLinePrintable)
}

/** The sequences that commands of NOFX use for colours; every other sequence comes from elsewhere. */
const COLOURS = /(\u001b\[(?:0|1|2|22|3[0-79]|9[0-7])m)/

/**
 * Makes any text safe for a stream, as the last step before it is written. With `colours` the colour sequences are
 * kept.
 */
export function safeOutput(text: string, { colours }: { colours: boolean }): string {
  if (!colours) return printableText(text)
  return text
    .split(COLOURS)
    .map((part, at) => (at % 2 === 1 ? part : printableText(part)))
    .join('')
}

/** The characters of `UNSAFE` that JSON does not escape. */
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${HIDDEN}]|(?<=##)\\[`, 'gu')

/**
 * JSON of the same value without anything that a terminal or a GitHub Actions runner would execute: such a character
 * can only be inside a string, where it is escaped.
 */
export function inertJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (char) =>
    Array.from({ length: char.length }, (_none, at) => spelled(char.charCodeAt(at))).join(''),
  )
}

function spelled(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
