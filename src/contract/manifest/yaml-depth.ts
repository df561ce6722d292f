/**
 * Deepest nesting that a YAML text may have before it is parsed. The parser recurses, and V8 ends the whole process
 * on a very deep text instead of throwing. This bound is far below that depth and far above any real manifest.
 */
const MAX = 100

const [SPACE, LINE_FEED] = [32, 10]

/**
 * The offset where a text may nest too deeply to be parsed; undefined for every real manifest. The depth is an upper
 * bound, computed in one pass from open brackets, the indentation of a line, and the indicators `- `, `? ` and `: `
 * that open levels on one line.
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
