import { oneLinePrintable } from '../../core/printable.ts'

/** A value of a manifest on one line, cut at `max` characters. */
export function oneLine(value: unknown, max = 60): string {
  const text = oneLinePrintable(JSON.stringify(value) ?? 'nothing')
  return text.length > max ? `${text.slice(0, max - 1)}…` : text
}
