/** The state of reading a pattern. */
export interface PatternReader {
  text: string
  at: number
  /** Names of the pattern's groups so far. */
  names: Set<string>
  /** Number of Unicode properties so far; each expands to hundreds of ranges. */
  properties: number
}

/** Why a pattern cannot run in linear time. `isCertain`: true even if this runtime cannot parse the pattern. */
export class Unsupported extends Error {
  readonly isCertain: boolean

  constructor(message: string, isCertain = false) {
    super(message)
    this.isCertain = isCertain
  }
}

/** The next character as a whole code point; an empty text at the end. */
export function take(reader: PatternReader): string {
  const point = reader.text.codePointAt(reader.at)
  const char = point === undefined ? '' : String.fromCodePoint(point)
  reader.at += char.length
  return char
}

const hex = (point: number): string => `\\x{${point.toString(16)}}`

/** The meaning of `\s` in ECMAScript (in RE2 it is ASCII only), and its complement. */
const SPACE =
  '\\t-\\r\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'
const NO_SPACE =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}'

const EVERYTHING = '\\x{0}-\\x{10ffff}'

/** Reads a class after its `[`. Each character is written as its number, so that RE2 gives it no special meaning. */
export function readClass(reader: PatternReader): string {
  const not = reader.text[reader.at] === '^'
  if (not) reader.at += 1
  let inside = ''
  while (reader.at < reader.text.length && reader.text[reader.at] !== ']') {
    const first = readMember(reader)
    const isRange = reader.text[reader.at] === '-' && !/^\]?$/.test(reader.text.charAt(reader.at + 1))
    if (typeof first === 'number' && isRange) {
      reader.at += 1
      const last = readMember(reader)
      if (typeof last !== 'number' || last < first) throw new Unsupported('has a range that is not one')
      inside += `${hex(first)}-${hex(last)}`
    } else inside += typeof first === 'number' ? hex(first) : first
  }
  reader.at += 1
  if (inside === '') return not ? `[${EVERYTHING}]` : `[^${EVERYTHING}]`
  return `[${not ? '^' : ''}${inside}]`
}

/** Reads one member of a class: the number of a character, or a nested class. */
function readMember(reader: PatternReader): number | string {
  const char = take(reader)
  if (char !== '\\') return char.codePointAt(0) ?? 0
  const next = reader.text.charAt(reader.at)
  if (next === 'b') {
    reader.at += 1
    return 8
  }
  return classEscape(reader, true) ?? readPoint(reader)
}

/** Reads what follows a backslash outside of a class. */
export function readEscape(reader: PatternReader): string {
  const next = reader.text.charAt(reader.at)
  if (next === 'b' || next === 'B') {
    reader.at += 1
    return `\\${next}`
  }
  if (/^[1-9k]/.test(next)) throw new Unsupported('refers back to a group, which takes more than linear time')
  return classEscape(reader, false) ?? hex(readPoint(reader))
}

/** `\d`, `\s`, `\w`, `\p{…}` and their opposites. */
function classEscape(reader: PatternReader, isInside: boolean): string | undefined {
  const next = reader.text.charAt(reader.at)
  if (!/^[dDwWsSpP]/.test(next)) return undefined
  reader.at += 1
  const wrap = (members: string) => (isInside ? members : `[${members}]`)
  if (next === 's') return wrap(SPACE)
  if (next === 'S') return wrap(NO_SPACE)
  return next === 'p' || next === 'P' ? readProperty(reader, next, wrap) : `\\${next}`
}

const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Cased_Letter: 'LC',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Combining_Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  digit: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  punct: 'P',
  Connector_Punctuation: 'Pc',
  Dash_Punctuation: 'Pd',
  Open_Punctuation: 'Ps',
  Close_Punctuation: 'Pe',
  Initial_Punctuation: 'Pi',
  Final_Punctuation: 'Pf',
  Other_Punctuation: 'Po',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk',
  Other_Symbol: 'So',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Line_Separator: 'Zl',
  Paragraph_Separator: 'Zp',
  Control: 'Cc',
  cntrl: 'Cc',
  Format: 'Cf',
}
const SHORT = new Set(Object.values(CATEGORIES))

/** Translates a Unicode property: RE2 supports general categories by their short names, and scripts. */
function readProperty(reader: PatternReader, letter: string, wrap: (members: string) => string): string {
  const match = /^\{(?:(gc|General_Category|sc|Script)=)?(\w+)\}/.exec(reader.text.slice(reader.at))
  const [all = '', kind = '', name = ''] = match ?? []
  reader.at += all.length
  reader.properties += 1
  const isScript = kind.startsWith('s') || kind.startsWith('S')
  const category = isScript ? undefined : (CATEGORIES[name] ?? (SHORT.has(name) ? name : undefined))
  if (category === 'LC') return letter === 'p' ? wrap('\\p{Lu}\\p{Ll}\\p{Lt}') : unknownProperty(name)
  if (category !== undefined) return `\\${letter}{${category}}`
  if (isScript) return `\\${letter}{${name}}`
  const [own, others] = PROPERTIES[name] ?? []
  if (own !== undefined && others !== undefined) return wrap(letter === 'p' ? own : others)
  return unknownProperty(name)
}

const PROPERTIES: Readonly<Record<string, readonly [own: string, others: string]>> = {
  ASCII: ['\\x{0}-\\x{7f}', '\\x{80}-\\x{10ffff}'],
}

function unknownProperty(name: string): never {
  throw new Unsupported(`uses the property ${name === '' ? 'of a kind' : name} that RE2 does not have`)
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }

/** The code point that an escape denotes. */
function readPoint(reader: PatternReader): number {
  const char = take(reader)
  const control = CONTROLS[char]
  if (control !== undefined) return control
  if (char === 'c') return (take(reader).codePointAt(0) ?? 0) % 32
  if (char !== 'x' && char !== 'u') return char.codePointAt(0) ?? 0
  const rest = reader.text.slice(reader.at)
  const digits =
    char === 'x'
      ? /^([0-9a-f]{2})/i.exec(rest)
      : (/^\{0*([0-9a-f]{1,6})\}/i.exec(rest) ?? PAIR.exec(rest) ?? /^([0-9a-f]{4})/i.exec(rest))
  if (digits === null) throw new Unsupported('has an escape without digits')
  reader.at += digits[0].length
  const [, high = '', low] = digits
  const point = Number.parseInt(high, 16)
  if (low !== undefined) return 0x10000 + ((point - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00)
  if (point >= 0xd800 && point <= 0xdfff) throw new Unsupported('names half of a surrogate pair')
  return point
}

const PAIR = /^(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i
