import { oneLinePrintable, printableText } from '../printable.ts'

/**
 * Untrusted text as inline code, in tables and summaries too. Every character that could be markup, a link, a mention or
 * HTML is a numeric entity, which Markdown takes for text wherever it stands (CommonMark 0.31, 2.5).
 */
export function code(text: string): string {
  return `<code>${oneLinePrintable(text).replace(/[^A-Za-z0-9 /-]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`
}

/** Untrusted lines as a block of code that none of them can end: its fence is longer than any run of backticks in it. */
export function fence(text: string, language: string): string {
  const lines = printableText(text)
  const longest = (lines.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${lines}\n${ticks}`
}

/** A block that is closed until somebody opens it. `title` is Markdown of ours. */
export function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}
