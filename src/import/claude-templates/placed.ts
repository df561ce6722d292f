import { type BodySection, joinText, listTasks } from './body.ts'
import { filesIn } from './files-written.ts'
import { type AgentTask, inlineTasks } from './tasks.ts'

/** What a heading is called by: `Phase 2: Implementation`, `Step 3a: Web`, `1.2 Process each directory`. */
export interface Numbering {
  word: 'phase' | 'step' | 'number'
  number: string
  title: string
}

/** A section with its place among the others. */
export interface Placed {
  section: BodySection
  text: string
  tasks: AgentTask[]
  numbering?: Numbering
  /** The sections that hold it, outermost first. */
  parents: Placed[]
  children: Placed[]
}

const PREFLIGHT = /\bpre-?flight\b|\bprerequisites?\b|\bbefore (?:you )?start/i

/** Puts sections into each other by the levels of their headings. */
export function placeSections(sections: readonly BodySection[]): Placed[] {
  const open: Placed[] = []
  return sections.map((section) => {
    while ((open.at(-1)?.section.level ?? -1) >= section.level) open.pop()
    const text = joinText(section)
    const blocks = listTasks(section)
    const placed: Placed = {
      section,
      text,
      tasks: blocks.length > 0 ? blocks : inlineTasks(text),
      numbering: parseNumbering(section.title),
      parents: [...open],
      children: [],
    }
    open.at(-1)?.children.push(placed)
    open.push(placed)
    return placed
  })
}

/** Whether a section becomes a step: it calls agents, or it is numbered and the sections in it are not. */
export function isWork(placed: Placed): boolean {
  if (placed.tasks.length > 0) return true
  if (!placed.numbering || isCheckpoint(placed) || placed.children.some(hasWork)) return false
  return !isPreflight(placed) || filesIn(placed.text).length > 0
}

function hasWork(placed: Placed): boolean {
  return isWork(placed) || placed.children.some(hasWork)
}

/** A heading that stops the run until a person approves it. */
export function isCheckpoint({ section, tasks }: Placed): boolean {
  return tasks.length === 0 && /\bCHECKPOINT\b|\b[Aa]pproval [Rr]equired\b/.test(section.title)
}

function isPreflight({ section, parents }: Placed): boolean {
  return [...parents, { section }].some((one) => PREFLIGHT.test(one.section.title))
}

/** A section's text with that of the sections in it, headings included. */
export function wholeText({ text, children }: Placed): string {
  const inside = children.map((child) => {
    const { level, title } = child.section
    return `${'#'.repeat(level)} ${title}\n\n${wholeText(child)}`.trimEnd()
  })
  return [text, ...inside].filter((part) => part !== '').join('\n\n')
}

function parseNumbering(title: string): Numbering | undefined {
  const [, word, number, rest] =
    /^(phase|step)\s+(\d[\d.]*[a-z]?)\b[\s:.)–—-]*(.*)$/i.exec(title) ??
    /^()(\d{1,2}(?:\.\d{1,2})*)[.):]?\s+(\S.*)$/.exec(title) ??
    []
  if (number === undefined || rest === undefined) return undefined
  const lower = word?.toLowerCase()
  return {
    word: lower === 'phase' || lower === 'step' ? lower : 'number',
    number: number.toLowerCase(),
    title: rest.replace(/\s*\(steps?\b.*$/i, '').trim(),
  }
}
