/** A part of a line in Markdown. Markup that is not here, such as HTML and pictures, stays text. */
export type Inline =
  | { type: 'text' | 'code'; text: string }
  | { type: 'strong' | 'emphasis' | 'deleted'; inline: Inline[] }
  /** `host` is shown beside the text, in Punycode: the text may claim another one. */
  | { type: 'link'; url: string; host: string; inline: Inline[] }

/** Marks in each other; what is deeper is text. */
const DEEPEST = 6
/** A paragraph that is longer stays as it is: nobody wrote it for readers. */
const LONGEST = 10_000

/** What may begin a mark; all classes are bounded by characters that they do not hold, so that no text is slow. */
const TOKEN =
  /\\([!-/:-@[-`{-~])|(`+)|(!?)\[([^[\]]{0,1000})\]\(([^()\s<>]{0,2000})(?:[ \t]+"[^"()]{0,200}")?\)|<(https?:\/\/[^\s<>]{1,2000})>|(\*\*|__|~~|\*|_)/g

const MARKS = new Map<string, 'strong' | 'emphasis' | 'deleted'>([
  ['**', 'strong'],
  ['__', 'strong'],
  ['*', 'emphasis'],
  ['_', 'emphasis'],
  ['~~', 'deleted'],
])

/** Reads the marks of a paragraph. */
export function parseInline(text: string, depth = 0): Inline[] {
  if (depth > DEEPEST || text.length > LONGEST) return [{ type: 'text', text }]
  const parts: Inline[] = []
  const token = new RegExp(TOKEN)
  let plain = ''
  let end = 0
  for (let found = token.exec(text); found; found = token.exec(text)) {
    plain += text.slice(end, found.index)
    const taken = takeMark(text, found, depth)
    if (typeof taken === 'string') plain += taken
    else {
      if (plain !== '') parts.push({ type: 'text', text: plain })
      plain = ''
      parts.push(taken.part)
      token.lastIndex = taken.next
    }
    end = token.lastIndex
  }
  plain += text.slice(end)
  return plain === '' ? parts : [...parts, { type: 'text', text: plain }]
}

/** The part that begins at a token and where it ends; or the token as text. */
function takeMark(
  text: string,
  found: RegExpExecArray,
  depth: number,
): string | { part: Inline; next: number } {
  const [whole, escaped, ticks, picture, label = '', target, bare, mark] = found
  const { index } = found
  const after = index + whole.length
  if (escaped !== undefined) return escaped
  if (ticks !== undefined) {
    const close = text.indexOf(ticks, after)
    if (close < 0) return whole
    return { part: { type: 'code', text: text.slice(after, close).trim() }, next: close + ticks.length }
  }
  const url = readUrl(bare ?? (picture === '' ? target : undefined))
  if (url) {
    const inline = parseInline(bare ?? label, bare === undefined ? depth + 1 : DEEPEST + 1)
    return { part: { type: 'link', ...url, inline }, next: after }
  }
  return takePair(text, index, mark, depth) ?? whole
}

/** A text between two marks; a mark within a word, such as that of `snake_case`, is text. */
function takePair(text: string, index: number, mark: string | undefined, depth: number) {
  const type = mark && MARKS.get(mark)
  if (!mark || !type) return undefined
  const from = index + mark.length
  const isInWord = mark.startsWith('_') && /\w/.test(text[index - 1] ?? '')
  const close = text.indexOf(mark, from + 1)
  if (isInWord || close < 0 || /\s/.test(text[from] ?? ' ') || /\s/.test(text[close - 1] ?? ' '))
    return undefined
  if (mark.startsWith('_') && /\w/.test(text[close + mark.length] ?? '')) return undefined
  const part: Inline = { type, inline: parseInline(text.slice(from, close), depth + 1) }
  return { part, next: close + mark.length }
}

/** The target of a link, if it leads to a page of the web and does not carry a name and a password. */
function readUrl(text: string | undefined): { url: string; host: string } | undefined {
  if (text === undefined || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { protocol, host, href, username, password } = new URL(text)
  if ((protocol !== 'https:' && protocol !== 'http:') || username + password !== '') return undefined
  return { url: href, host }
}
