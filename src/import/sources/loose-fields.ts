/** Text in which some fields were put in quotes, and which these are. */
export interface Loosened {
  text: string
  loose: string[]
}

const KEY = /^([\w-]+):(?:[ \t]+(.*)|[ \t]*)$/
/** Fields that may be any text: the original tool reads them line by line, not as YAML. */
const TEXTS = new Set(
  'name description model color tools disallowedtools permissionmode argumenthint allowedtools'.split(' '),
)
/** Fields as people write them: prose over several lines ends before the next of them. */
const FIELDS = new Set([
  ...TEXTS,
  ...'mcpservers hooks skills memory maxturns background isolation effort initialprompt target infer userinvocable disablemodelinvocation version author license category tags metadata type status domain priority keywords triggers whentouse emoji created updated date'.split(
    ' ',
  ),
])
/** Values that YAML is sure to mean: quoted text and blocks. */
const YAML_TEXT = /^["'|>]/

/**
 * Puts fields in quotes whose values are no YAML. A description reaches to the next line that starts with a field;
 * every other one is its own line.
 * @param isBad whether a field's lines cannot be read as they are
 * @param isField which names beside the common ones end a description
 */
export function loosen(
  text: string,
  isBad: (lines: string, key: string) => boolean,
  isField: (name: string) => boolean,
): Loosened {
  const lines = text.split('\n')
  const loosened: string[] = []
  const loose: string[] = []
  for (let at = 0; at < lines.length; ) {
    const [, key, first = ''] = KEY.exec(lines[at] ?? '') ?? []
    const isProse = key === 'description'
    let end = findEnd(lines, at, isProse && !YAML_TEXT.test(first), isField)
    // A quotation at the start of a text is not a quoted text.
    if (isProse && YAML_TEXT.test(first) && isBad(lines.slice(at, end).join('\n'), key))
      end = findEnd(lines, at, true, isField)
    const block = lines.slice(at, end)
    const value = key === undefined || !TEXTS.has(fold(key)) ? undefined : readText(key, first, block)
    if (key !== undefined && value !== undefined && isBad(block.join('\n'), key)) {
      loosened.push(`${key}: ${JSON.stringify(value)}`)
      loose.push(key)
    } else loosened.push(...block)
    at = end
  }
  return { text: `${loosened.join('\n')}${loosened.at(-1) !== '' && text.endsWith('\n') ? '\n' : ''}`, loose }
}

/** The line after a field's last one. */
function findEnd(
  lines: readonly string[],
  at: number,
  isProse: boolean,
  isField: (name: string) => boolean,
): number {
  for (let next = at + 1; next < lines.length; next++) {
    const key = KEY.exec(lines[next] ?? '')?.[1]
    if (key !== undefined && (!isProse || FIELDS.has(fold(key)) || isField(key))) return next
  }
  return lines.length
}

/** The text that a field is meant to be; undefined if that is unclear. */
function readText(key: string, first: string, block: readonly string[]): string | undefined {
  const text = unwrap([first, ...block.slice(1)].join('\n').trim())
  if (text === '') return undefined
  if (key === 'description') return text
  const isName = key === 'name' && /^[&*!%@`[{#]/.test(text)
  return text.includes('\n') || isName ? undefined : text
}

/** The text in quotes that YAML cannot pair, or below the sign of a block whose lines are not indented. */
function unwrap(text: string): string {
  const quote = text.charAt(0)
  if (!/["']/.test(quote)) return text.replace(/^[|>][+-]?\d?[ \t]*\n/, '')
  const quoted = text.slice(1, -1)
  if (text.length < 2 || !text.endsWith(quote) || endsEarly(quoted, quote)) return text
  if (quote === "'") return quoted.replaceAll("''", "'")
  return quoted.replace(/\\(["\\n])/g, (_escape, one) => (one === 'n' ? '\n' : one))
}

/** Whether the first quote inside closes a quotation that the text begins with, and is neither an apostrophe nor opens one. */
function endsEarly(quoted: string, quote: string): boolean {
  const first = new RegExp(`(?<!\\\\)${quote}`).exec(quoted)
  if (!first) return false
  return /[^\s(]$/.test(quoted.slice(0, first.index)) && !/^\w/.test(quoted.slice(first.index + 1))
}

function fold(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, '')
}
