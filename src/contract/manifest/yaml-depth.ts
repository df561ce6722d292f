/**
 * Deepest nesting that a YAML text may reach before it is given to the parser. The parser recurses, and on a very deep
 * text V8 ends the whole process instead of throwing; this bound is far from that, and far from any honest manifest.
 */
const MAX = 100

const [SPACE, LINE_FEED] = [32, 10]

/**
 * Where a text may nest too deeply to be parsed at all; undefined for all honest ones. An upper bound, in one pass:
 * open brackets, the indentation of a line, and the indicators `- `, `? ` and `: ` that open levels on one line.
 */
export function tooDeepForYaml(text: string): number | undefined {
  let flow = 0
  let indicators = 0
  let indentation = 0
  let atStart = true
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === LINE_FEED) {
      indicators = 0
      indentation = 0
      atStart = true
      continue
    }
    if (atStart && code === SPACE) indentation++
    else atStart = false
    const char = text[at] as string
    if (char === '[' || char === '{') flow++
    else if (flow > 0 && (char === ']' || char === '}')) flow--
    else if (flow === 0 && INDICATORS.includes(char) && opensLevel(text, at)) indicators++
    if (flow > MAX || indentation > MAX || indicators > MAX) return at
  }
  return undefined
}

const INDICATORS = '-?:'

function opensLevel(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1)
  return next === SPACE || next === LINE_FEED || next === 9 || Number.isNaN(next)
}
