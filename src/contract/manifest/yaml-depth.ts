/**
 * Deepest nesting that a YAML text may have before it is parsed. The parser recurses, and V8 ends the whole process
 * on a very deep text instead of throwing. This bound is far below that depth and far above any real manifest.
 */
const MAX = 100

const TOO_FAR_RIGHT = new RegExp(`^ {${MAX + 1}}`)

/** Signs between the tokens of the lexer, which are not part of the text. */
const [DOCUMENT, FLOW_END, SCALAR] = ['\u0002', '\u0018', '\u001f']

/** The levels that are open at a place of the text. */
interface Levels {
  flow: number
  /** Blanks at the start of the line. */
  indentation: number
  /** Indicators `- `, `? ` and `: ` on the line so far. */
  indicators: number
}

/**
 * The offset where a text may nest too deeply to be parsed; undefined for every real manifest. The tokens are those of
 * the parser's own lexer, which does not recurse: what is inside of a scalar or a comment opens no level. The depth is
 * an upper bound, from open brackets, the indentation of a line, and the indicators that open levels on one line.
 */
export function tooDeepForYaml(
  text: string,
  { Lexer }: Pick<typeof import('yaml'), 'Lexer'>,
): number | undefined {
  if (isShallow(text)) return undefined
  const levels: Levels = { flow: 0, indentation: 0, indicators: 0 }
  let offset = 0
  let scalarFollows = false
  for (const token of new Lexer().lex(text)) {
    if (!scalarFollows && token === FLOW_END) levels.flow = 0
    if (!scalarFollows && [DOCUMENT, FLOW_END, SCALAR].includes(token)) {
      scalarFollows = token === SCALAR
      continue
    }
    if (offset === 0 || text[offset - 1] === '\n') startLine(levels, scalarFollows ? '' : token)
    if (!scalarFollows) follow(levels, token)
    const isBlank = !scalarFollows && /^(?:[ \t\r\n#]|$)/.test(token)
    const startsFarRight = levels.indentation > MAX && levels.flow === 0 && !isBlank
    if (startsFarRight || levels.flow > MAX || levels.indicators > MAX) return offset
    scalarFollows = false
    offset += token.length
  }
  return undefined
}

/** Whether a text could not nest too deeply even if no part of it were inside of a scalar: it needs no lexer. */
function isShallow(text: string): boolean {
  if (count(text, /[[{]/g) > MAX) return false
  // An indicator and its blank are two characters.
  const isNarrow = (line: string) => line.length <= 2 * MAX || count(line, /[-?:](?=\s|$)/g) <= MAX
  return text.split('\n').every((line) => !TOO_FAR_RIGHT.test(line) && isNarrow(line))
}

function count(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0
}

function startLine(levels: Levels, token: string): void {
  levels.indicators = 0
  levels.indentation = levels.flow === 0 && /^ *$/.test(token) ? token.length : 0
}

function follow(levels: Levels, token: string): void {
  if (token === '[' || token === '{') levels.flow++
  else if (token === ']' || token === '}') levels.flow = Math.max(0, levels.flow - 1)
  else if (levels.flow === 0 && (token === '-' || token === '?' || token === ':')) levels.indicators++
}
