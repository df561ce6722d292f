/** A heading and the lines below it up to the next heading of any level, code blocks left out. */
export interface OutlineSection {
  level: number
  title: string
  lines: string[]
}

/** The first or last line of a code block: its marks. */
export const FENCE = /^ {0,3}(`{3,}|~{3,})/

/** The sections of a Markdown text. What comes before the first heading has level 0 and no title. */
export function outline(markdown: string): OutlineSection[] {
  let current: OutlineSection = { level: 0, title: '', lines: [] }
  const sections = [current]
  let fence: string | undefined
  for (const line of markdown.split('\n')) {
    const mark = FENCE.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined
      continue
    }
    if (mark !== undefined) {
      fence = mark
      continue
    }
    const heading = readHeading(line)
    if (heading) {
      current = { ...heading, lines: [] }
      sections.push(current)
    } else current.lines.push(line)
  }
  return sections
}

/** A line's heading, without the marks that may close it. */
export function readHeading(line: string): { level: number; title: string } | undefined {
  const [, marks, rest] = /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) ?? []
  if (marks === undefined || rest === undefined) return undefined
  const words = rest.trimEnd()
  let end = words.length
  while (words[end - 1] === '#') end--
  const isClosed = end === 0 || /[ \t]/.test(words[end - 1] ?? '')
  return { level: marks.length, title: plainText(isClosed ? words.slice(0, end) : words) }
}

/** The texts of a section's outermost bullets and numbered items, on one line each. */
export function findItems(lines: readonly string[]): string[] {
  const items: string[] = []
  for (const line of lines) {
    const item = /^ {0,1}(?:[-*+]|\d{1,3}[.)])[ \t]+(.*)$/.exec(line)?.[1]
    if (item !== undefined) items.push(item)
    else if (/^ {2,}[^\s*+-]/.test(line) && items.length > 0) items.push(`${items.pop()} ${line.trim()}`)
  }
  return items.filter((item) => item.trim() !== '')
}

/** The first paragraph that is prose: no list, table, quote or rule. */
export function findParagraph(lines: readonly string[]): string {
  const paragraphs = lines.join('\n').split(/\n[ \t]*\n/)
  return plainText(paragraphs.find((text) => /^\s*[^\s\-*+|>#<\d]/.test(text)) ?? '')
}

/** Markdown without its marks: emphasis, code, links and runs of white space. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]{0,1000})\]\([^)]{0,1000}\)/g, '$1')
    .replace(/[*`]+|__/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
