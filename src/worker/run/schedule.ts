import type { RunPlan, StepPlan } from './run-inputs.ts'

/** A step, or the action that undoes it. */
export interface StepTask {
  step: string
  undo: boolean
}

/**
 * Where a task is. `cut`: it was under way when the run was killed or interrupted, and runs again. `resting`: it failed
 * and waits for a retry. `failed` is final, as `done` and `skipped` are.
 */
export type TaskState = 'waiting' | 'running' | 'resting' | 'cut' | 'done' | 'failed' | 'skipped'

export interface Progress {
  state: TaskState
  /** Attempts so far, the current one included. */
  attempts: number
  /** Total milliseconds of all attempts. */
  ms: number
  outputs: Record<string, unknown>
  /** Why the last attempt failed. */
  error?: string
}

/** The final state of a run. */
export type RunState = 'done' | 'failed' | 'rolled-back' | 'rollback-failed'

export interface RunProgress {
  steps: Readonly<Record<string, Progress>>
  undo: Readonly<Record<string, Progress>>
  approved: readonly string[]
  finished?: RunState
}

/** What happens in a run; its journal has one event a line. */
export type RunEvent =
  | { type: 'began'; task: StepTask; attempt: number }
  | { type: 'done'; task: StepTask; ms: number; outputs: Record<string, unknown> }
  | { type: 'failed'; task: StepTask; ms: number; error: string }
  | { type: 'cut'; task: StepTask }
  | { type: 'rested'; task: StepTask }
  | { type: 'skipped'; step: string }
  | { type: 'approved'; step: string }
  | { type: 'finished'; state: RunState }

/** The actions to take now. `ask` and `rest` are listed for as long as they last, and are to be started once. */
export type Action =
  | { type: 'start'; task: StepTask; attempt: number }
  | { type: 'skip'; step: string }
  | { type: 'ask'; step: string }
  | { type: 'rest'; task: StepTask; ms: number }
  | { type: 'finish'; state: RunState }

export interface Rules {
  plan: RunPlan
  /** The most tasks that may be under way at once. */
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

/** The progress of a run after an event. Pure: replaying a journal gives the same progress. */
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
        state: attempts < requireStep(plan, event.task.step).retry.maxAttempts ? 'resting' : 'failed',
        ms: ms + event.ms,
        error: event.error,
      }))
  }
}

function change(
  progress: RunProgress,
  { step, undo }: StepTask,
  to: (before: Progress) => Partial<Progress>,
): RunProgress {
  const part = undo ? 'undo' : 'steps'
  const before = progress[part][step] ?? FRESH
  return { ...progress, [part]: { ...progress[part], [step]: { ...before, ...to(before) } } }
}

/** A step that cannot be undone may have taken effect already: a person decides whether it runs again. */
function withoutApproval(plan: RunPlan, progress: RunProgress, { step, undo }: StepTask): RunProgress {
  if (undo || requireStep(plan, step).sideEffects !== 'irreversible') return progress
  return { ...progress, approved: progress.approved.filter((one) => one !== step) }
}

/**
 * The next actions. An empty list while a task is under way
 * means: wait for it. Otherwise the run is finished or paused.
 */
export function nextActions(rules: Rules, progress: RunProgress): Action[] {
  if (progress.finished !== undefined) return []
  const { plan } = rules
  const failures = plan.steps.filter(({ id }) => progress.steps[id]?.state === 'failed')
  if (failures.some(({ onFailure }) => onFailure === 'rollback')) return undoActions(plan, progress)
  if (failures.some(({ onFailure }) => onFailure === 'stop'))
    return isQuiet(progress) ? [{ type: 'finish', state: 'failed' }] : []
  return stepActions(rules, progress)
}

/** The number of tasks under way, which a run waits for. */
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
  const task: StepTask = { step: id, undo: false }
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
 * A run without a required output has failed, for whatever reason its step did not make it. A step that its own
 * condition left out was not meant to make any.
 */
function lacksOutput({ steps, expectedOutputs }: RunPlan, progress: RunProgress): boolean {
  const failed = new Set(steps.filter(({ id }) => progress.steps[id]?.state === 'failed').map(({ id }) => id))
  return expectedOutputs.some(({ required, fromStep }) => required && failed.has(fromStep))
}

/** Undoes one step after the other, the last one first; steps that never began are left out. */
function undoActions(plan: RunPlan, progress: RunProgress): Action[] {
  if (Object.values(progress.steps).some(({ state }) => state === 'running')) return []
  const begun = plan.rollback.filter(({ step }) => (progress.steps[step]?.attempts ?? 0) > 0)
  for (const { step } of begun) {
    const { state, attempts } = progress.undo[step] ?? FRESH
    const task: StepTask = { step, undo: true }
    if (SETTLED.includes(state)) continue
    if (state === 'running') return []
    if (state === 'resting') return [{ type: 'rest', task, ms: requireStep(plan, step).retry.backoffMs }]
    return [{ type: 'start', task, attempt: attempts + 1 }]
  }
  const isClean = begun.every(({ step }) => progress.undo[step]?.state === 'done')
  return [{ type: 'finish', state: isClean ? 'rolled-back' : 'rollback-failed' }]
}

function requireStep({ steps }: RunPlan, id: string): StepPlan {
  const planStep = steps.find((step) => step.id === id)
  if (planStep === undefined) throw new Error(`the plan has no step ${id}`)
  return planStep
}
