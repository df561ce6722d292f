import { FENCE, readHeading } from '../outline.ts'
import { type AgentTask, blockTasks } from './tasks.ts'

/** A heading with what stands below it, up to the next heading: texts and calls of agents, in order. */
export interface BodySection {
  /** 0 before the first heading. */
  level: number
  title: string
  parts: Part[]
}

export type Part = { text: string } | { task: AgentTask }

interface BodyReader {
  lines: readonly string[]
  sections: BodySection[]
  /** Lines of the text that is being read. */
  pending: string[]
  /** Opening marks of blocks that are never closed, so that the search for their end runs once. */
  endless: Set<string>
}

const TASK_OPEN = /^ {0,3}<Task>[ \t]*$/i
const TASK_CLOSE = /^ {0,3}<\/Task>[ \t]*$/i
const QUOTED_PROMPT = /^ {0,3}(?:[-*] +)?prompt: *"([^"]*)$/i

/** Reads a command's Markdown. Headings inside of code blocks and calls do not count. */
export function readSections(body: string): BodySection[] {
  const reader: BodyReader = {
    lines: body.split('\n'),
    sections: [newSection(0, '')],
    pending: [],
    endless: new Set<string>(),
  }
  for (let at = 0; at < reader.lines.length; ) at = readAt(reader, at)
  flush(reader)
  return reader.sections
}

/** All text of a section, calls left out. */
export function joinText({ parts }: BodySection): string {
  return parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')
}

export function listTasks({ parts }: BodySection): AgentTask[] {
  return parts.flatMap((part) => ('task' in part ? [part.task] : []))
}

/** Reads what starts at a line and returns the line after it. */
function readAt(reader: BodyReader, at: number): number {
  const line = reader.lines[at] ?? ''
  const heading = readHeading(line)
  if (heading) {
    flush(reader)
    reader.sections.push(newSection(heading.level, heading.title))
    return at + 1
  }
  if (TASK_OPEN.test(line)) return readUntil(reader, at, '<Task>', (end) => TASK_CLOSE.test(end))
  const mark = FENCE.exec(line)?.[1]
  if (mark !== undefined) return readUntil(reader, at, mark, (end) => isClosing(end, mark))
  if (QUOTED_PROMPT.test(line)) return readQuoted(reader, at)
  reader.pending.push(line)
  return at + 1
}

function isClosing(line: string, mark: string): boolean {
  return FENCE.exec(line)?.[1]?.startsWith(mark) === true && /^ {0,3}[`~]+[ \t]*$/.test(line)
}

/** A block: calls of agents, or a text like any other. Without an end its first line alone is text. */
function readUntil(reader: BodyReader, at: number, mark: string, isEnd: (line: string) => boolean): number {
  const length = reader.endless.has(mark) ? -1 : reader.lines.slice(at + 1).findIndex(isEnd)
  if (length < 0) {
    reader.endless.add(mark)
    reader.pending.push(reader.lines[at] ?? '')
    return at + 1
  }
  const inside = reader.lines.slice(at + 1, at + 1 + length)
  const tasks = blockTasks(inside)
  if (tasks.length === 0) reader.pending.push(...reader.lines.slice(at, at + length + 2))
  else {
    flush(reader)
    reader.sections.at(-1)?.parts.push(...tasks.map((task) => ({ task })))
  }
  return at + length + 2
}

/** A prompt in quotes may contain headings: it ends with the last line that ends with a quote. */
function readQuoted(reader: BodyReader, at: number): number {
  const end = reader.lines.findLastIndex((line, index) => index > at && /"[ \t]*$/.test(line))
  const stop = end < 0 ? at : end
  reader.pending.push(...reader.lines.slice(at, stop + 1))
  return stop + 1
}

function newSection(level: number, title: string): BodySection {
  return { level, title, parts: [] }
}

function flush({ sections, pending }: BodyReader): void {
  const text = pending.splice(0).join('\n')
  if (text.trim() !== '') sections.at(-1)?.parts.push({ text: text.replace(/^\n+/, '').trimEnd() })
}
