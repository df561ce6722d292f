import { isShallow } from '../../contract/protocol/answers.ts'
import { decideWhen } from '../../plugins/templates/instantiate/run-time-text.ts'
import { lookupIn } from '../run/references.ts'
import type { RunPlan, StepPlan } from '../run/run-inputs.ts'
import { advance, nextActions, type Progress, type RunProgress, startProgress } from '../run/schedule.ts'
import { type JournalStory, type RunAttempt, taskKey } from './follow-journal.ts'
import type { RunTelling } from './read-run.ts'
import type { OutputRecord, RunRecord, RunRecordState, StepRecordState, TaskRecord } from './run-record.ts'

/** The most attempts of one task that are shown. */
const MOST_ATTEMPTS = 20
/** Characters of an error, of an output, and of all outputs of a run, that are shown. */
const ERROR_LENGTH = 1_000
const OUTPUT_LENGTH = 4_000
const ALL_OUTPUTS_LENGTH = 200_000
/** The most outputs of a step that are shown. */
const MOST_OUTPUTS = 100
/** Levels of nesting in an output. */
const DEPTH = 100

/** A run as one document. */
export function describeRun(runId: string, { plan, story, isHeld, problem }: RunTelling): RunRecord {
  const facts = {
    problem: problem ?? null,
    startedAt: story?.startedAt ?? null,
    updatedAt: story?.updatedAt ?? null,
  }
  if (plan === undefined) {
    const state = problem === undefined ? 'starting' : 'unreadable'
    const nothing = { counts: {}, unapproved: [], locks: [], secrets: [], steps: [], rollback: [] }
    return { runId, state, ...facts, planId: null, template: null, env: null, ...nothing }
  }
  const { document, planId, source, locks, env } = plan
  const progress = settle(document, story?.progress ?? startProgress(document), isHeld)
  const unapproved = unapprovedIn(document, progress)
  const state = problem === undefined ? decideState(document, progress, { isHeld, story }) : 'unreadable'
  const findAgent = (id: string) => locks.find((lock) => lock.kind === 'agents' && lock.id === id) ?? null
  const view: RunView = { progress, story, unapproved, findAgent, room: ALL_OUTPUTS_LENGTH }
  const steps = document.steps.map((step) => describeStep(view, step))
  const rollback = document.rollback
    .filter(({ step }) => (progress.undo[step]?.attempts ?? 0) > 0)
    .map(({ step, agentId }) => describeTask(view, { step, undo: true, agentId }))
  const counts: RunRecord['counts'] = {}
  for (const { state } of steps) counts[state] = (counts[state] ?? 0) + 1
  const run = { runId, state, ...facts, planId, template: source, env, counts, unapproved }
  return { ...run, locks, secrets: document.secrets, steps, rollback }
}

/** What the parts of a run are described from. */
interface RunView {
  progress: RunProgress
  story: JournalStory | undefined
  unapproved: readonly string[]
  findAgent: (id: string) => TaskRecord['agent']
  /** Characters of outputs that still fit. */
  room: number
}

/** Without its process, what was under way is cut off, as the process that resumes the run will write. */
function settle(plan: RunPlan, progress: RunProgress, isHeld: boolean): RunProgress {
  if (isHeld) return progress
  let settled = progress
  for (const undo of [false, true])
    for (const [step, { state }] of Object.entries(progress[undo ? 'undo' : 'steps']))
      if (state === 'running') settled = advance(plan, settled, { type: 'cut', task: { step, undo } })
  return settled
}

/** Values of secrets are not here: a condition on one counts as true, so that its step is not called skipped. */
const holds = (step: StepPlan, progress: RunProgress): boolean =>
  typeof step.when === 'object' && 'secret' in step.when.left
    ? true
    : decideWhen(step.when, lookupIn(progress, {}))

const listActions = (plan: RunPlan, progress: RunProgress) =>
  nextActions({ plan, concurrency: Number.POSITIVE_INFINITY, holds }, progress)

function unapprovedIn(plan: RunPlan, progress: RunProgress): string[] {
  return listActions(plan, progress).flatMap((action) => (action.type === 'ask' ? [action.step] : []))
}

function decideState(
  plan: RunPlan,
  progress: RunProgress,
  { isHeld, story }: Pick<RunTelling, 'isHeld' | 'story'>,
): RunRecordState {
  if (progress.finished !== undefined) return progress.finished
  if (isHeld) return story?.inputs === undefined ? 'starting' : 'running'
  const actions = listActions(plan, progress)
  return actions.length > 0 && actions.every(({ type }) => type === 'ask') ? 'paused' : 'interrupted'
}

function describeStep(view: RunView, step: StepPlan): RunRecord['steps'][number] {
  const { id, name, agentId, dependsOn, approval, sideEffects } = step
  const outputs = Object.entries(view.progress.steps[id]?.outputs ?? {})
    .slice(0, MOST_OUTPUTS)
    .map(([name, value]) => describeOutput(view, name, value))
  const task = describeTask(view, { step: id, undo: false, agentId })
  return { ...task, name, dependsOn, approval, sideEffects, outputs }
}

function describeTask(
  { progress, story, unapproved, findAgent }: RunView,
  { step, undo, agentId }: { step: string; undo: boolean; agentId: string },
): TaskRecord {
  const now = progress[undo ? 'undo' : 'steps'][step]
  const attempts = story?.attempts.get(taskKey({ step, undo })) ?? []
  const lock = findAgent(agentId)
  return {
    id: step,
    agent: lock && { id: lock.id, version: lock.version, digest: lock.digest },
    state: taskState(now, !undo && unapproved.includes(step), progress.finished !== undefined),
    attempts: attempts.slice(-MOST_ATTEMPTS).map((one) => describeAttempt(one, now?.state === 'cut')),
    tries: attempts.length,
    ms: now?.ms ?? 0,
    error: now?.error === undefined ? null : now.error.slice(0, ERROR_LENGTH),
  }
}

/** The journal of a killed run does not say when its last attempts ended. */
function describeAttempt({ error, ...attempt }: RunAttempt, isCut: boolean): RunAttempt {
  const result = attempt.result === 'running' && isCut ? 'interrupted' : attempt.result
  return { ...attempt, result, ...(error === undefined ? {} : { error: error.slice(0, ERROR_LENGTH) }) }
}

function taskState(now: Progress | undefined, isUnapproved: boolean, ended: boolean): StepRecordState {
  const state = now?.state ?? 'waiting'
  if (state === 'done' || state === 'failed' || state === 'skipped') return state
  if (isUnapproved) return 'unapproved'
  if (ended) return (now?.attempts ?? 0) > 0 ? 'failed' : 'not-run'
  if (state === 'resting') return 'retrying'
  return state === 'cut' ? 'interrupted' : state
}

function describeOutput(view: RunView, name: string, value: unknown): OutputRecord {
  const text =
    typeof value === 'string' ? value : isShallow(value, DEPTH) ? (JSON.stringify(value) ?? '') : '…'
  const visible = text.slice(0, Math.min(OUTPUT_LENGTH, view.room))
  view.room -= visible.length
  return { name: name.slice(0, 200), text: visible, length: text.length }
}
