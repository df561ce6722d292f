import { type Inline, parseInline } from './markdown-inline.ts'

/** A part of a text in Markdown. There is no node for HTML or for a picture: both stay text. */
export type Block =
  | { type: 'heading' | 'paragraph'; depth: number; inline: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'quote'; blocks: Block[] }
  | { type: 'list'; start: number | undefined; items: Block[][] }
  | { type: 'rule' }

/** Quotes and lists in each other; what is deeper is a paragraph. */
const DEEPEST = 8

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)/
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/
const QUOTE = /^ {0,3}> ?/
const ITEM = /^( {0,3})(?:[-*+]|(\d{1,9})[.)])(?: {1,4}|\t|$)/
/** The values before the text of a skill, in YAML: they are not Markdown. */
const FRONT_MATTER = /^---[ \t]*\n([\w-]+:[\s\S]*?)\n---[ \t]*(?:\n|$)/
/** A row of a table stays in its columns. */
const ROW = /^ {0,3}\|/

/** Reads the subset of Markdown that prompts use; each line is looked at once for each level that it is in. */
export function parseMarkdown(text: string): Block[] {
  const front = FRONT_MATTER.exec(text)
  const [before, rest] = front ? [front[1] ?? '', text.slice(front[0].length)] : ['', text]
  const blocks = parseBlocks(rest.split('\n'), 0)
  return before === '' ? blocks : [{ type: 'code', text: before }, ...blocks]
}

/** What begins at a line, and the line after it. */
type Taken = [block: Block, next: number]

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; ) {
    if (lineAt(lines, at).trim() === '') {
      at++
      continue
    }
    const [block, next] = takeBlock(lines, at, depth)
    blocks.push(block)
    at = next
  }
  return blocks
}

const lineAt = (lines: readonly string[], at: number) => lines[at] ?? ''

function takeBlock(lines: readonly string[], at: number, depth: number): Taken {
  const line = lineAt(lines, at)
  const fence = FENCE.exec(line)?.[1]
  if (fence !== undefined) return takeFence(lines, at, fence)
  const heading = HEADING.exec(line)
  if (heading) {
    const inline = parseInline(line.slice(heading[0].length).trim())
    return [{ type: 'heading', depth: heading[1]?.length ?? 1, inline }, at + 1]
  }
  if (RULE.test(line)) return [{ type: 'rule' }, at + 1]
  if (depth < DEEPEST && QUOTE.test(line)) return takeQuote(lines, at, depth)
  if (depth < DEEPEST && ITEM.test(line)) return takeList(lines, at, depth)
  if (ROW.test(line)) return takeTable(lines, at)
  return takeParagraph(lines, at)
}

function takeFence(lines: readonly string[], at: number, fence: string): Taken {
  const isEnd = (line: string) => line.trim().startsWith(fence) && /^[`~]+$/.test(line.trim())
  let end = at + 1
  while (end < lines.length && !isEnd(lineAt(lines, end))) end++
  return [{ type: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1]
}

function takeQuote(lines: readonly string[], at: number, depth: number): Taken {
  let end = at
  while (end < lines.length && QUOTE.test(lineAt(lines, end))) end++
  const inner = lines.slice(at, end).map((line) => line.replace(QUOTE, ''))
  return [{ type: 'quote', blocks: parseBlocks(inner, depth + 1) }, end]
}

function takeTable(lines: readonly string[], at: number): Taken {
  let end = at
  while (end < lines.length && ROW.test(lineAt(lines, end))) end++
  return [{ type: 'code', text: lines.slice(at, end).join('\n') }, end]
}

function takeParagraph(lines: readonly string[], at: number): Taken {
  let end = at + 1
  const ends = (line: string) =>
    line.trim() === '' || [FENCE, HEADING, RULE, QUOTE, ITEM, ROW].some((start) => start.test(line))
  while (end < lines.length && !ends(lineAt(lines, end))) end++
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join('\n')
  return [{ type: 'paragraph', depth: 0, inline: parseInline(text) }, end]
}

function takeList(lines: readonly string[], at: number, depth: number): Taken {
  const number = ITEM.exec(lineAt(lines, at))?.[2]
  const items: Block[][] = []
  let end = at
  for (;;) {
    const line = lineAt(lines, end)
    const marker = ITEM.exec(line)
    if (
      end >= lines.length ||
      !marker ||
      RULE.test(line) ||
      (marker[2] === undefined) !== (number === undefined)
    )
      break
    const next = endOfItem(lines, end + 1)
    const rest = lines.slice(end + 1, next).map((one) => one.replace(/^(?: {1,4}|\t)/, ''))
    items.push(parseBlocks([line.slice(marker[0].length), ...rest], depth + 1))
    end = next
  }
  return [{ type: 'list', start: number === undefined ? undefined : Number(number), items }, end]
}

/** An item goes on over indented lines and the blank lines between them, and over the rest of its paragraph. */
function endOfItem(lines: readonly string[], from: number): number {
  let end = from
  for (let at = from; at < lines.length; at++) {
    const line = lineAt(lines, at)
    if (line.trim() === '') continue
    const isIndented = /^(?: {2}|\t)/.test(line)
    const isSameParagraph = at === end && !ITEM.test(line) && !HEADING.test(line) && !FENCE.test(line)
    if (!isIndented && !isSameParagraph) break
    end = at + 1
  }
  return end
}
