import { oneLinePrintable, printableText } from '../printable.ts'

/**
 * Untrusted text as inline code, also in tables and summaries. Every character that could be markup, a link, a
 * mention or HTML becomes a numeric entity, which Markdown reads as text everywhere (CommonMark 0.31, 2.5).
 */
export function code(text: string): string {
  return `<code>${oneLinePrintable(text).replace(/[^A-Za-z0-9 /-]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`
}

/** Untrusted lines as a code block that they cannot end: the fence is longer than any run of backticks in them. */
export function fence(text: string, language: string): string {
  const lines = printableText(text)
  const longest = (lines.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${lines}\n${ticks}`
}

/** A block that is collapsed at first. `title` is trusted Markdown. */
export function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}
