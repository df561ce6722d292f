import { printable as onOneLine, printableLines } from '../../core/printable.ts'

/** Makes untrusted text safe to print; unlike the core's `printable`, it keeps line feeds and tabs. */
export const printable = printableLines

/** A value of a manifest on one line, cut at `max` characters. */
export function oneLine(value: unknown, max = 60): string {
  const text = onOneLine(JSON.stringify(value) ?? 'nothing')
  return text.length > max ? `${text.slice(0, max - 1)}…` : text
}
