import type { PatchLine } from './patch-lines.ts'

/** The lines that contain a text, without regard to upper and lower case. */
export function findLines(lines: readonly PatchLine[], text: string): PatchLine[] {
  const sought = text.toLowerCase()
  return sought === '' ? [] : lines.filter((line) => line.text.toLowerCase().includes(sought))
}

/** Names a line in the address: `path:12`, or `path:-12` for the twelfth line of the old file. */
export function nameOfLine(path: string, { sign, before, after }: PatchLine): string | undefined {
  if (sign === '-') return `${path}:-${before}`
  return after === undefined ? undefined : `${path}:${after}`
}
