import { type JournalLine, parseJournalLine } from '../run/journal.ts'
import type { RunPlan } from '../run/run-inputs.ts'
import { advance, type RunProgress, type StepTask, startProgress } from '../run/schedule.ts'

/** One attempt of a task, as the journal tells it. */
export interface RunAttempt {
  attempt: number
  startedAt: string | null
  endedAt: string | null
  result: 'running' | 'done' | 'failed' | 'interrupted'
  error?: string
}

/** What a journal tells of a run. */
export interface JournalStory {
  progress: RunProgress
  attempts: ReadonlyMap<string, RunAttempt[]>
  /** SHA-256 of the inputs that the run was started with. */
  inputs?: string
  startedAt: string | null
  /** The time of the last line. */
  updatedAt: string | null
  /** Why lines are left out: the story ends before them. */
  problem?: string
}

/** The name of a task among the attempts. */
export const taskKey = ({ step, undo }: StepTask): string => `${undo ? 'undo' : 'step'} ${step}`

/**
 * Follows a journal from its first line to its last whole one: the last line may be being written. The story ends
 * before a line that is not of this run, as `nofx worker run --resume` does.
 */
export function followJournal(text: string, plan: RunPlan): JournalStory {
  const attempts = new Map<string, RunAttempt[]>()
  const story: JournalStory = {
    progress: startProgress(plan),
    attempts,
    startedAt: null,
    updatedAt: null,
  }
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  for (const [index, one] of lines.slice(0, -1).entries()) {
    const line = readLine(one, plan)
    if (line === undefined) {
      story.problem = `line ${index + 1} of the run’s journal cannot be read`
      break
    }
    tell(story, attempts, line, plan)
  }
  return story
}

function readLine(text: string, { steps, rollback }: RunPlan): JournalLine | undefined {
  try {
    const line = parseJournalLine(text)
    const task = 'task' in line ? line.task : 'step' in line ? { step: line.step, undo: false } : undefined
    if (task === undefined) return line
    const isKnown = task.undo
      ? rollback.some(({ step }) => step === task.step) && steps.some(({ id }) => id === task.step)
      : steps.some(({ id }) => id === task.step)
    return isKnown ? line : undefined
  } catch {
    return undefined
  }
}

function tell(
  story: JournalStory,
  attempts: Map<string, RunAttempt[]>,
  line: JournalLine,
  plan: RunPlan,
): void {
  const at = toInstant(line.at)
  story.startedAt ??= at
  story.updatedAt = at ?? story.updatedAt
  if (line.type === 'opened') story.inputs ??= line.inputs
  if (line.type === 'opened' || line.type === 'spawned') return
  story.progress = advance(plan, story.progress, line)
  if (!('task' in line) || line.type === 'rested') return
  const key = taskKey(line.task)
  const ofTask = attempts.get(key) ?? []
  attempts.set(key, ofTask)
  if (line.type === 'began') {
    ofTask.push({ attempt: line.attempt, startedAt: at, endedAt: null, result: 'running' })
    return
  }
  const last = ofTask.at(-1)
  if (last?.result !== 'running') return
  last.endedAt = at
  last.result = line.type === 'cut' ? 'interrupted' : line.type
  if (line.type === 'failed') last.error = line.error
}

/** A time of the journal in the form of the API; null for a text that is not a time. */
function toInstant(text: string): string | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
