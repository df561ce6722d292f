import { HIDDEN } from '../contract/text/hidden-characters.ts'

/**
 * Controls, escape sequences and characters that are not seen: they could rewrite what a terminal shows, or make two
 * texts look equal. And what a runner of GitHub Actions takes for a command in a job's log: `##[` anywhere in a line, `::`
 * where one begins.
 */
const UNSAFE = new RegExp(
  `[\\u0000-\\u001f\\u007f-\\u009f${HIDDEN}\\u{d800}-\\u{dfff}]|(?<=##)\\[|(?<=^\\s*):(?=:)`,
  'gu',
)

/** Untrusted text on one line, with everything unsafe spelled out as `\u{1b}`. */
export function oneLinePrintable(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for text that may have line feeds and tabs. */
export function printableText(text: string): string {
  return text.replace(/[^\n\t]+/g, oneLinePrintable)
}

/** What a command of ours colours text with; a sequence of any other kind does not come from it. */
const COLOURS = /(\u001b\[(?:0|1|2|22|3[0-79]|9[0-7])m)/

/**
 * Text as it may go to a stream, whatever it is made of: the last thing that looks at it. With `colours` the sequences
 * that colour it stay.
 */
export function safeOutput(text: string, { colours }: { colours: boolean }): string {
  if (!colours) return printableText(text)
  return text
    .split(COLOURS)
    .map((part, at) => (at % 2 === 1 ? part : printableText(part)))
    .join('')
}

/** The same as `UNSAFE`, as far as JSON leaves it as it is. */
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${HIDDEN}]|(?<=##)\\[`, 'gu')

/**
 * JSON of the same value in which a terminal finds nothing to obey and a runner of GitHub Actions no command: only a
 * string can hold such a character, and a string can spell it.
 */
export function inertJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (char) =>
    Array.from({ length: char.length }, (_none, at) => spelled(char.charCodeAt(at))).join(''),
  )
}

function spelled(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
