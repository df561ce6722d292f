import { classOf, escapeOf, type Reader, take, Unsupported } from './pattern-escapes.ts'

/** Characters of a pattern, and instructions that it may become. */
const LONGEST = 1_000
const LARGEST = 1_000
/** The most that RE2 repeats. */
const MOST_REPEATS = 1_000
/** Making the ranges of one property of characters ready costs as much as this many instructions. */
const PROPERTY_SIZE = 80

/**
 * A pattern in RE2's syntax and how many instructions it has, or why there is none. `isPlain`: it has nothing that RE2
 * may not know, so that RE2 need not be asked.
 */
export type Translated =
  | { source: string; size: number; isPlain: boolean }
  | { problem: string; isSyntax: boolean; source?: undefined }

/** The size of what an open group holds, and of its last part: a quantifier multiplies that. */
interface Open {
  size: number
  last: number
}

/**
 * Writes a pattern of JSON Schema (a regular expression of ECMAScript with the flag `u`) in RE2's syntax with the same
 * meaning. The verdict depends on the text alone, not on what the regular expressions of this runtime can do: whatever
 * ECMAScript has and RE2 has not is refused by name.
 */
export function translatePattern(pattern: string): Translated {
  if (pattern.length > LONGEST) return unsupported(`has more than ${LONGEST} characters`)
  const reader: Reader = { text: pattern, at: 0, names: new Set(), properties: 0 }
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

/** Parsing is linear; only executing is not. */
function isExpression(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}

function readAll(reader: Reader): Translated {
  let source = ''
  const open: Open[] = [{ size: 1, last: 0 }]
  while (reader.at < reader.text.length) {
    const group = open.at(-1) as Open
    const char = take(reader)
    if (char === '(') {
      source += groupOf(reader)
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
      source += atomOf(reader, char)
      grow(group, 1)
    }
    if ((open.at(-1) as Open).size + PROPERTY_SIZE * reader.properties > LARGEST)
      throw new Unsupported(`has more than ${LARGEST} steps`)
  }
  const size = open.reduce((sum, one) => sum + one.size, 0)
  const isPlain = reader.properties === 0 && !SURROGATE.test(reader.text)
  return { source, size: size + PROPERTY_SIZE * reader.properties, isPlain }
}

/** Half a pair: with the flag `u`, a pair is one character. */
const SURROGATE = /\p{Cs}/u

function grow(group: Open, size: number): void {
  group.size += size
  group.last = size
}

/** Nothing is captured: groups only hold together. */
function groupOf(reader: Reader): string {
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

function repeat(reader: Reader, char: string, group: Open): string {
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

function atomOf(reader: Reader, char: string): string {
  switch (char) {
    case '^':
      return '\\A'
    case '$':
      return '\\z'
    case '.':
      return '[^\\n\\r\\x{2028}\\x{2029}]'
    case '[':
      return classOf(reader)
    case '\\':
      return escapeOf(reader)
    default:
      return char
  }
}
