import { type PatternReader, readClass, readEscape, take, Unsupported } from './pattern-escapes.ts'

/** Maximum length of a pattern in characters, and maximum number of its instructions. */
const LONGEST = 1_000
const LARGEST = 1_000
/** The greatest repetition count of RE2. */
const MOST_REPEATS = 1_000
/** Cost of one Unicode property: preparing its ranges takes as long as this many instructions. */
const PROPERTY_SIZE = 80

/**
 * A pattern in RE2's syntax with its number of instructions, or the reason why it cannot be translated. `isPlain`: it
 * uses only syntax that RE2 surely accepts, so RE2 need not be asked.
 */
export type Translated =
  | { source: string; size: number; isPlain: boolean }
  | { problem: string; isSyntax: boolean; source?: undefined }

/** The size of the content of an open group and of its last part, which a quantifier multiplies. */
interface Open {
  size: number
  last: number
}

/**
 * Translates a pattern of JSON Schema (an ECMAScript regular expression with the flag `u`) to RE2's syntax with the
 * same meaning. The verdict depends on the text alone, not on this runtime's regular expressions: syntax that only
 * ECMAScript has is refused by name.
 */
export function translatePattern(pattern: string): Translated {
  if (pattern.length > LONGEST) return unsupported(`has more than ${LONGEST} characters`)
  const reader: PatternReader = { text: pattern, at: 0, names: new Set(), properties: 0 }
  try {
    const translated = readAll(reader)
    return isExpression(pattern) ? translated : NOT_AN_EXPRESSION
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return isExpression(pattern) || error.isCertain ? unsupported(error.message) : NOT_AN_EXPRESSION
  }
}

const NOT_AN_EXPRESSION: Translated = { problem: 'must be a regular expression', isSyntax: true }

function unsupported(problem: string): Translated {
  return { problem, isSyntax: false }
}

/** Constructing the expression takes linear time; only matching may not. */
function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}

function readAll(reader: PatternReader): Translated {
  let source = ''
  const open: Open[] = [{ size: 1, last: 0 }]
  while (reader.at < reader.text.length) {
    const group = open.at(-1) as Open
    const char = take(reader)
    if (char === '(') {
      source += readGroup(reader)
      open.push({ size: 0, last: 0 })
    } else if (char === ')' && open.length > 1) {
      source += ')'
      const closed = open.pop() as Open
      grow(open.at(-1) as Open, closed.size + 1)
    } else if (char === '|') {
      source += '|'
      grow(group, 1)
    } else if (QUANTIFIER.test(char)) source += repeat(reader, char, group)
    else {
      source += readAtom(reader, char)
      grow(group, 1)
    }
    if ((open.at(-1) as Open).size + PROPERTY_SIZE * reader.properties > LARGEST)
      throw new Unsupported(`has more than ${LARGEST} steps`)
  }
  const size = open.reduce((sum, one) => sum + one.size, 0)
  const isPlain = reader.properties === 0 && !SURROGATE.test(reader.text)
  return { source, size: size + PROPERTY_SIZE * reader.properties, isPlain }
}

/** A lone surrogate: with the flag `u`, a pair is one character. */
const SURROGATE = /\p{Cs}/u

function grow(group: Open, size: number): void {
  group.size += size
  group.last = size
}

/** Groups are translated without captures; they only delimit. */
function readGroup(reader: PatternReader): string {
  if (reader.text[reader.at] !== '?') return '(?:'
  const rest = reader.text.slice(reader.at + 1)
  if (/^<?[=!]/.test(rest))
    throw new Unsupported('looks ahead or behind, which takes more than linear time', true)
  const name = /^<([^>]*)>/.exec(rest)
  if (name !== null) {
    if (reader.names.has(name[1] as string)) throw new Unsupported('has two groups of one name', true)
    reader.names.add(name[1] as string)
    reader.at += 1 + name[0].length
  } else if (rest.startsWith(':')) reader.at += 2
  else throw new Unsupported('sets flags inside', true)
  return '(?:'
}

const QUANTIFIER = /^[*+?{]/

function repeat(reader: PatternReader, char: string, group: Open): string {
  let source = char
  let most = 2
  if (char === '{') {
    const counts = /^(\d+)(?:(,)(\d*))?\}/.exec(reader.text.slice(reader.at))
    if (counts === null) throw new Unsupported('has a brace that repeats nothing')
    const [all, from, comma, to] = counts
    reader.at += all.length
    most = Number(to || from) + (comma !== undefined && !to ? 1 : 0)
    if (most > MOST_REPEATS + 1 || Number(from) > MOST_REPEATS || Number(to || 0) > MOST_REPEATS)
      throw new Unsupported(`repeats more than ${MOST_REPEATS} times`)
    source += all
  }
  if (reader.text[reader.at] === '?') source += take(reader)
  group.size += group.last * Math.max(0, most - 1)
  group.last = 0
  return source
}

function readAtom(reader: PatternReader, char: string): string {
  switch (char) {
    case '^':
      return '\\A'
    case '$':
      return '\\z'
    case '.':
      return '[^\\n\\r\\x{2028}\\x{2029}]'
    case '[':
      return readClass(reader)
    case '\\':
      return readEscape(reader)
    default:
      return char
  }
}
