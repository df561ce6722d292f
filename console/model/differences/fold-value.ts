/** Lines of a long value that are shown first. */
const LINES = 4

/** The part of a long value that is shown first, from where it begins to differ from another one. */
export function foldValue(text: string, other: string): { shown: string; hidden: number } {
  const lines = text.split('\n')
  if (lines.length <= LINES + 1) return { shown: text, hidden: 0 }
  const others = other.split('\n')
  const differs = lines.findIndex((line, at) => line !== others[at])
  const from = Math.max(0, Math.min(differs - 1, lines.length - LINES))
  return { shown: lines.slice(from, from + LINES).join('\n'), hidden: lines.length - LINES }
}
