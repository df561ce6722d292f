import type { RunPlan, StepPlan } from './run-inputs.ts'

/** A step, or what undoes it. */
export interface Task {
  step: string
  undo: boolean
}

/**
 * Where a task is. `cut`: it was under way when the run was killed or interrupted, and is run again. `resting`: it has
 * failed and is tried again. `failed` is final, as `done` and `skipped` are.
 */
export type TaskState = 'waiting' | 'running' | 'resting' | 'cut' | 'done' | 'failed' | 'skipped'

export interface Progress {
  state: TaskState
  /** Attempts so far, the one under way included. */
  attempts: number
  /** Milliseconds that the attempts took together. */
  ms: number
  outputs: Record<string, unknown>
  /** Why the last attempt failed. */
  error?: string
}

/** What becomes of a run. `paused`: nothing but approvals is missing. */
export type RunState = 'done' | 'failed' | 'rolled-back' | 'rollback-failed'

export interface RunProgress {
  steps: Readonly<Record<string, Progress>>
  undo: Readonly<Record<string, Progress>>
  approved: readonly string[]
  finished?: RunState
}

/** What happens in a run; its journal is these, one a line. */
export type RunEvent =
  | { type: 'began'; task: Task; attempt: number }
  | { type: 'done'; task: Task; ms: number; outputs: Record<string, unknown> }
  | { type: 'failed'; task: Task; ms: number; error: string }
  | { type: 'cut'; task: Task }
  | { type: 'rested'; task: Task }
  | { type: 'skipped'; step: string }
  | { type: 'approved'; step: string }
  | { type: 'finished'; state: RunState }

/** What is to be done now. `ask` and `rest` are given as long as they last: they are to be done once. */
export type Action =
  | { type: 'start'; task: Task; attempt: number }
  | { type: 'skip'; step: string }
  | { type: 'ask'; step: string }
  | { type: 'rest'; task: Task; ms: number }
  | { type: 'finish'; state: RunState }

export interface Rules {
  plan: RunPlan
  /** Tasks that may be under way at once. */
  concurrency: number
  /** Whether a step's condition holds, once the steps before it are settled. */
  holds(step: StepPlan, progress: RunProgress): boolean
}

const FRESH: Progress = { state: 'waiting', attempts: 0, ms: 0, outputs: {} }
const SETTLED: readonly TaskState[] = ['done', 'failed', 'skipped']

export function startProgress({ steps, rollback }: RunPlan): RunProgress {
  return {
    steps: Object.fromEntries(steps.map(({ id }) => [id, FRESH])),
    undo: Object.fromEntries(rollback.map(({ step }) => [step, FRESH])),
    approved: [],
  }
}

/** How a run stands after an event. Pure: a run's journal gives its progress again. */
export function advance(plan: RunPlan, progress: RunProgress, event: RunEvent): RunProgress {
  switch (event.type) {
    case 'approved':
      return { ...progress, approved: [...progress.approved, event.step] }
    case 'finished':
      return { ...progress, finished: event.state }
    case 'skipped':
      return change(progress, { step: event.step, undo: false }, () => ({ state: 'skipped' }))
    case 'began':
      return change(progress, event.task, () => ({ state: 'running', attempts: event.attempt }))
    case 'rested':
      return change(progress, event.task, () => ({ state: 'waiting' }))
    case 'cut':
      return withoutApproval(
        plan,
        change(progress, event.task, () => ({ state: 'cut' })),
        event.task,
      )
    case 'done':
      return change(progress, event.task, ({ ms }) => ({
        state: 'done',
        ms: ms + event.ms,
        outputs: event.outputs,
        error: undefined,
      }))
    case 'failed':
      return change(progress, event.task, ({ ms, attempts }) => ({
        state: attempts < stepOf(plan, event.task.step).retry.maxAttempts ? 'resting' : 'failed',
        ms: ms + event.ms,
        error: event.error,
      }))
  }
}

function change(
  progress: RunProgress,
  { step, undo }: Task,
  to: (before: Progress) => Partial<Progress>,
): RunProgress {
  const part = undo ? 'undo' : 'steps'
  const before = progress[part][step] ?? FRESH
  return { ...progress, [part]: { ...progress[part], [step]: { ...before, ...to(before) } } }
}

/** What cannot be undone may have happened already: a person decides whether it happens again. */
function withoutApproval(plan: RunPlan, progress: RunProgress, { step, undo }: Task): RunProgress {
  if (undo || stepOf(plan, step).sideEffects !== 'irreversible') return progress
  return { ...progress, approved: progress.approved.filter((one) => one !== step) }
}

/** What is to be done next. Nothing while something is under way means: wait for it. Nothing at all: finished or paused. */
export function nextActions(rules: Rules, progress: RunProgress): Action[] {
  if (progress.finished !== undefined) return []
  const { plan } = rules
  const failures = plan.steps.filter(({ id }) => progress.steps[id]?.state === 'failed')
  if (failures.some(({ onFailure }) => onFailure === 'rollback')) return undoActions(plan, progress)
  if (failures.some(({ onFailure }) => onFailure === 'stop'))
    return isQuiet(progress) ? [{ type: 'finish', state: 'failed' }] : []
  return stepActions(rules, progress)
}

/** Tasks under way, which is what a run waits for. */
export function running({ steps, undo }: RunProgress): number {
  return [...Object.values(steps), ...Object.values(undo)].filter(({ state }) => state === 'running').length
}

function isQuiet(progress: RunProgress): boolean {
  return running(progress) === 0
}

function stepActions(rules: Rules, progress: RunProgress): Action[] {
  const { plan, concurrency } = rules
  const actions: Action[] = []
  let room = concurrency - running(progress)
  for (const step of plan.steps) {
    const action = stepAction(rules, step, progress)
    if (action === undefined || (action.type === 'start' && room <= 0)) continue
    if (action.type === 'start') room--
    actions.push(action)
  }
  if (actions.length > 0 || plan.steps.some(({ id }) => !isSettled(progress, id))) return actions
  return [{ type: 'finish', state: lacksOutput(plan, progress) ? 'failed' : 'done' }]
}

function stepAction(rules: Rules, step: StepPlan, progress: RunProgress): Action | undefined {
  const { id, approval, dependsOn, retry } = step
  const { state, attempts } = progress.steps[id] ?? FRESH
  const task: Task = { step: id, undo: false }
  if (state === 'resting') return { type: 'rest', task, ms: retry.backoffMs }
  const isReady = state === 'waiting' || state === 'cut'
  if (!isReady || !dependsOn.every((before) => isSettled(progress, before))) return undefined
  if (attempts === 0 && !rules.holds(step, progress)) return { type: 'skip', step: id }
  const again = state === 'cut' && step.sideEffects === 'irreversible'
  if ((approval === 'manual' || again) && !progress.approved.includes(id)) return { type: 'ask', step: id }
  return { type: 'start', task, attempt: attempts + 1 }
}

function isSettled({ steps }: RunProgress, id: string): boolean {
  return SETTLED.includes((steps[id] ?? FRESH).state)
}

/**
 * A run without a required output has failed, whyever its step did not make it. A step that was left out by its own
 * condition was not meant to make any.
 */
function lacksOutput({ steps, expectedOutputs }: RunPlan, progress: RunProgress): boolean {
  const failed = new Set(steps.filter(({ id }) => progress.steps[id]?.state === 'failed').map(({ id }) => id))
  return expectedOutputs.some(({ required, fromStep }) => required && failed.has(fromStep))
}

/** One after the other, what was done last first; what undoes a step that never began is left out. */
function undoActions(plan: RunPlan, progress: RunProgress): Action[] {
  if (Object.values(progress.steps).some(({ state }) => state === 'running')) return []
  const begun = plan.rollback.filter(({ step }) => (progress.steps[step]?.attempts ?? 0) > 0)
  for (const { step } of begun) {
    const { state, attempts } = progress.undo[step] ?? FRESH
    const task: Task = { step, undo: true }
    if (SETTLED.includes(state)) continue
    if (state === 'running') return []
    if (state === 'resting') return [{ type: 'rest', task, ms: stepOf(plan, step).retry.backoffMs }]
    return [{ type: 'start', task, attempt: attempts + 1 }]
  }
  const isClean = begun.every(({ step }) => progress.undo[step]?.state === 'done')
  return [{ type: 'finish', state: isClean ? 'rolled-back' : 'rollback-failed' }]
}

function stepOf({ steps }: RunPlan, id: string): StepPlan {
  const found = steps.find((step) => step.id === id)
  if (found === undefined) throw new Error(`the plan has no step ${id}`)
  return found
}
