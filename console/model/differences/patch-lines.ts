import { parsePatch } from 'diff'

/** One line of a change, with its numbers in the old and the new file. */
export interface PatchLine {
  sign: ' ' | '+' | '-'
  text: string
  /** Counted from 1; absent in an added line. */
  before?: number
  /** Counted from 1; absent in a removed line. */
  after?: number
  /** The line that this one replaces or is replaced by, for word marks. */
  partner?: PatchLine
}

/** Lines that follow each other, and how many unchanged lines are left out before them. */
export interface PatchHunk {
  skipped: number
  lines: PatchLine[]
}

/**
 * Reads a unified patch of one file.
 * @param patch as the API sends it; without its `---` and `+++` lines or with them
 */
export function readPatch(patch: string): PatchHunk[] {
  let end = 1
  return (parsePatch(patch)[0]?.hunks ?? []).map(({ oldStart, newStart, lines }) => {
    const skipped = Math.max(0, newStart - end)
    const numbered = numberLines(lines, oldStart, newStart)
    end = (numbered.findLast(({ after }) => after !== undefined)?.after ?? newStart - 1) + 1
    pairLines(numbered)
    return { skipped, lines: numbered }
  })
}

/** Number of added and of removed lines. */
export function countLines(hunks: readonly PatchHunk[]): { added: number; removed: number } {
  const all = hunks.flatMap(({ lines }) => lines)
  return {
    added: all.filter(({ sign }) => sign === '+').length,
    removed: all.filter(({ sign }) => sign === '-').length,
  }
}

function numberLines(lines: readonly string[], oldStart: number, newStart: number): PatchLine[] {
  let before = oldStart
  let after = newStart
  // A line that begins with "\" is git's remark about the end of the file.
  return lines
    .filter((line) => !line.startsWith('\\'))
    .map((line): PatchLine => {
      const text = line.slice(1)
      if (line.startsWith('+')) return { sign: '+', text, after: after++ }
      if (line.startsWith('-')) return { sign: '-', text, before: before++ }
      return { sign: ' ', text, before: before++, after: after++ }
    })
}

/** In a run of removed lines that is followed by as many added ones, the first replaces the first, and so on. */
function pairLines(lines: readonly PatchLine[]): void {
  for (let start = 0; start < lines.length; start++) {
    if (lines[start]?.sign !== '-') continue
    let middle = start
    while (lines[middle]?.sign === '-') middle++
    let end = middle
    while (lines[end]?.sign === '+') end++
    if (middle - start === end - middle)
      for (let at = start; at < middle; at++) pair(lines[at], lines[at + middle - start])
    start = end - 1
  }
}

function pair(before: PatchLine | undefined, after: PatchLine | undefined): void {
  if (!before || !after) return
  before.partner = after
  after.partner = before
}

/** Lines that differ in blanks alone become unchanged lines; the new text is shown. */
export function ignoreBlanks(hunks: readonly PatchHunk[]): PatchHunk[] {
  return hunks.map(({ skipped, lines }) => ({ skipped, lines: joinBlanks(pairRows(lines)) }))
}

function joinBlanks(rows: readonly PatchRow[]): PatchLine[] {
  const lines: PatchLine[] = []
  let removed: PatchLine[] = []
  let added: PatchLine[] = []
  const flush = () => {
    lines.push(...removed, ...added)
    removed = []
    added = []
  }
  for (const [left, right] of rows) {
    if (left && right && withoutBlanks(left.text) === withoutBlanks(right.text)) {
      flush()
      lines.push({ sign: ' ', text: right.text, before: left.before, after: right.after })
    } else {
      if (left) removed.push(left)
      if (right) added.push(right)
    }
  }
  flush()
  return lines
}

const withoutBlanks = (text: string) => text.replace(/\s+/g, '')

/** The rows of a split view: what was beside what is, and unchanged lines on both sides. */
export function pairRows(lines: readonly PatchLine[]): PatchRow[] {
  const rows: PatchRow[] = []
  let removed: PatchLine[] = []
  let added: PatchLine[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) rows.push([removed[at], added[at]])
    removed = []
    added = []
  }
  for (const line of lines) {
    if (line.sign === '-') removed.push(line)
    else if (line.sign === '+') added.push(line)
    else {
      flush()
      rows.push([line, line])
    }
  }
  flush()
  return rows
}

/** A line of the old text and the line of the new one beside it. */
export type PatchRow = [before: PatchLine | undefined, after: PatchLine | undefined]
