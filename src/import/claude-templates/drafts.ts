import { cut } from '../cut.ts'
import { titleFrom } from '../title.ts'
import type { Part } from './body.ts'
import type { Draft, Outline } from './draft.ts'
import { consolidationIn, filesIn } from './files-written.ts'
import { nameFrom, unused } from './names.ts'
import { isCheckpoint, isWork, type Placed, wholeText } from './placed.ts'
import type { AgentTask } from './tasks.ts'

const MAX_NAME = 80
/** Steps that a plan may have: with more of them a command stays whole. */
export const MAX_STEPS = 100
const PARALLEL =
  /\b(?:run|launch|execute|start|spawn|dispatch|invoke)\b[^.\n]{0,120}\b(?:in parallel|simultaneously|concurrently)\b/i
const BESIDE = /\bin parallel with steps? (\d[\d.]*[a-z]?)/i
/** A condition that must hold before the run continues: only a person can decide whether it does. */
const GATE =
  /\*\*gate\b[^*]*\*\*|\bwait for (?:explicit )?(?:user )?approval\b|\bconfirm with the user\b|\brequires? explicit \w+ confirmation\b/i
const CONFIRM = /\bask for (?:final |explicit )?confirmation\b/i
/** Headings that do not name the work below them. */
const VAGUE = /^(?:usage|instructions?|workflow|process|tasks?|overview|context|steps?|prompt|)$/i
const LOOP = /\b(?:for each|for every|repeat for)\b/i
const STATE_LINE = /^Update `[^`\n]{0,200}state\.json`.*\n?/gm

interface Builder extends Outline {
  ids: Set<string>
  /** A person has to approve whatever comes next. */
  pending: boolean
}

/** The steps of a command in the order of its text. */
export function buildDrafts(sections: readonly Placed[]): Outline {
  const builder: Builder = { drafts: [], notes: [], left: [], ids: new Set(), pending: false }
  const inside = new Set<Placed>()
  for (const placed of sections) {
    if (isCheckpoint(placed)) builder.pending = true
    else if (isWork(placed)) addWork(builder, placed, inside)
    else if (!inside.has(placed) && placed.text !== '')
      builder.left.push(placed.section.title || 'the beginning')
  }
  if (builder.pending)
    builder.notes.push({
      field: 'defaultPlan.steps.approval',
      what: 'the last one',
      why: 'no step comes after it that could wait for a person',
    })
  const { drafts, notes, left } = builder
  return { drafts, notes, left }
}

function addWork(builder: Builder, placed: Placed, inside: Set<Placed>): void {
  const { tasks, text } = placed
  if (builder.drafts.length > MAX_STEPS) return
  if (tasks.length === 0) {
    addSession(builder, placed)
    for (const child of placed.children) swallow(child, inside)
  } else {
    for (const [index, task] of tasks.entries()) addTask(builder, placed, task, index)
    if (LOOP.test(text)) note(builder, placed, 'the source runs this once for each item: a plan has no loops')
    addConsolidation(builder, placed)
  }
  if (GATE.test(text)) builder.pending = true
}

function swallow(placed: Placed, inside: Set<Placed>): void {
  inside.add(placed)
  for (const child of placed.children) swallow(child, inside)
}

function note(builder: Builder, { section }: Placed, why: string): void {
  builder.notes.push({ field: 'defaultPlan.steps', what: section.title, why })
}

function addTask(builder: Builder, placed: Placed, task: AgentTask, index: number): void {
  const { tasks, text, numbering } = placed
  const around = textsAround(placed.section.parts, task)
  const label = labelIn(around.before)
  const alone = tasks.length === 1
  const many = task.description?.includes('$') ? undefined : task.description
  const name = alone
    ? (label ?? numbering?.title ?? titleIn(placed) ?? titleFrom(task.agent).name)
    : (label ?? many ?? titleFrom(task.agent).name)
  const beside = index > 0 && (numbering?.word !== 'phase' || PARALLEL.test(text))
  push(builder, placed, {
    name,
    agent: task.agent,
    description: task.description,
    prompt: task.prompt ?? clean(text),
    isDescribed: task.prompt === undefined,
    files: filesIn(`${task.prompt ?? ''}\n${alone ? text : around.after}`),
    group: beside ? (builder.drafts.at(-1)?.group ?? 0) : groupFor(builder, placed),
    consolidates: false,
  })
}

function addSession(builder: Builder, placed: Placed): void {
  const whole = wholeText(placed)
  if (CONFIRM.test(whole)) builder.pending = true
  push(builder, placed, {
    name: placed.numbering?.title ?? placed.section.title,
    prompt: clean(whole),
    isDescribed: true,
    files: filesIn(whole),
    group: groupFor(builder, placed),
    consolidates: false,
  })
}

function titleIn({ section }: Placed): string | undefined {
  return VAGUE.test(section.title) ? undefined : section.title
}

/** The extra step that combines the results of parallel steps, where the source asks for it. */
function addConsolidation(builder: Builder, placed: Placed): void {
  const last = builder.drafts.at(-1)
  const consolidation = consolidationIn(placed.text)
  if (!consolidation || !last || builder.drafts.filter(({ group }) => group === last.group).length < 2) return
  push(builder, placed, {
    name: `Consolidate: ${placed.parents.at(-1)?.numbering?.title ?? placed.numbering?.title ?? placed.section.title}`,
    prompt: clean(consolidation.text),
    isDescribed: true,
    files: [consolidation.path],
    group: last.group + 1,
    consolidates: true,
  })
}

function push(builder: Builder, place: Placed, step: Omit<Draft, 'id' | 'approval' | 'place'>): void {
  const { drafts, ids } = builder
  const name = cut(step.name.replace(/\s+/g, ' ').trim(), MAX_NAME).head || `Step ${drafts.length + 1}`
  const id = unused(ids, nameFrom(name) ?? `step-${drafts.length + 1}`)
  const beside = drafts.find(({ group }) => group === step.group)
  const approval = builder.pending || beside?.approval === true
  builder.pending = false
  drafts.push({ ...step, id, name, approval, place })
}

/** The group of a section's first step: its own, or that of the step before where they run beside each other. */
function groupFor({ drafts, pending }: Builder, placed: Placed): number {
  const last = drafts.at(-1)
  if (!last) return 0
  const parent = placed.parents.at(-1)
  const isSibling = parent !== undefined && last.place.parents.at(-1) === parent && !last.consolidates
  const beside = BESIDE.exec(placed.text)?.[1]?.toLowerCase()
  const other = beside && drafts.find(({ place }) => place.numbering?.number === beside)
  const joins = (other && other.group === last.group) || (isSibling && PARALLEL.test(parent.text))
  return joins && !pending ? last.group : last.group + 1
}

function textsAround(parts: readonly Part[], task: AgentTask): { before: string; after: string } {
  const at = parts.findIndex((part) => 'task' in part && part.task === task)
  const textAt = (index: number): string => {
    const part = parts[index]
    return part && 'text' in part ? part.text : ''
  }
  return at < 0 ? { before: '', after: '' } : { before: textAt(at - 1), after: textAt(at + 1) }
}

/** `**5a. Test Suite Creation:**` on the line before a call. */
function labelIn(text: string): string | undefined {
  const line = text.trimEnd().split('\n').at(-1) ?? ''
  return /^\*\*(?:\d[\d.]*[a-z]?[.):]*\s+)?([^*]+?):?\*\*:?$/.exec(line.trim())?.[1]
}

/** A run keeps its own state, so text in which a command keeps state does not become a step. */
function clean(text: string): string {
  return text
    .replace(STATE_LINE, '')
    .trim()
    .replace(/\n-{3,}$/, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
