/**
 * Controls, escape sequences and direction or zero-width characters: they could rewrite what a terminal shows. And what
 * a runner of GitHub Actions takes for a command in a job's log: `##[` anywhere in a line, `::` where one begins.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|(?<=##)\[|(?<=^\s*):(?=:)/gu

/** Untrusted text on one line, with everything unsafe spelled out as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The same for text that may have line feeds and tabs. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable)
}

/** JSON of the same value in which a runner of GitHub Actions finds no command: only a string can hold `##[`. */
export function inertJson(json: string): string {
  return json.replaceAll('##[', '##\\u005b')
}
