import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decideWhen } from '../../plugins/templates/instantiate/run-time-text.ts'
import { attemptTask, checkAgents, type Workshop } from './attempt.ts'
import { makePrivate, privateFolderFor, removePrivate } from './private-folder.ts'
import { createRedactor } from './redact.ts'
import { lookupIn } from './references.ts'
import { type Processes, replayRun } from './replay.ts'
import type { RunFolder } from './run-folder.ts'
import { makeRunReport, type RunReport } from './run-report.ts'
import { permittedSecrets } from './runner-env.ts'
import {
  type Action,
  advance,
  nextActions,
  type Rules,
  type RunEvent,
  type RunProgress,
  type StepTask,
} from './schedule.ts'
import { secretTexts } from './secrets.ts'

export interface ExecuteOptions
  extends Pick<
    Workshop,
    'runner' | 'workdir' | 'env' | 'secrets' | 'secretVariables' | 'mcp' | 'whyDisabled'
  > {
  /** The most tasks that run at once. */
  concurrency: number
  /** Steps that may start although they need approval. */
  approve: readonly string[]
  /** Asks a person whether a step may start; without it such steps stay unapproved until a later run. */
  ask?(step: string, signal: AbortSignal): Promise<boolean>
  /** Ends everything under way; the run can be resumed. */
  signal: AbortSignal
  /** Milliseconds that a runner has to end by itself. */
  graceMs?: number
  /** Ends everything under way at once, without a grace period, because this process is about to be killed. */
  kill?: AbortSignal
  processes: Processes
  /** Called for everything that happens, in order. */
  onEvent(event: RunEvent | { type: 'remark'; task: StepTask; text: string }): void
}

interface PlanRun {
  folder: RunFolder
  options: ExecuteOptions
  rules: Rules
  shop: Workshop
  progress: RunProgress
  /** Attempts, pauses before a retry and questions that have not ended, by name. */
  pending: Map<string, Promise<unknown>>
  askedSteps: Set<string>
  /** Aborts everything that is pending. */
  stop: AbortController
  privateFolder: string
  count: number
}

const GRACE_MS = 5000

/** One question at a time: two questions on the same terminal line could both take one answer. */
const ASK = 'ask'

/**
 * Executes a run from the end of its journal until it is finished, paused or interrupted.
 * @throws Failure, and the disk's error when the journal cannot be written; in both cases nothing is left under way
 */
export async function executeRun(folder: RunFolder, options: ExecuteOptions): Promise<RunReport> {
  const run = await openRun(folder, options)
  try {
    if (run.progress.finished === undefined) await drive(run)
  } finally {
    run.stop.abort()
    await Promise.allSettled(run.pending.values())
    removePrivate(run.privateFolder)
  }
  const { progress, rules } = run
  const unapproved = nextActions(rules, progress).flatMap((one) => (one.type === 'ask' ? [one.step] : []))
  const state = progress.finished ?? (options.signal.aborted ? 'interrupted' : 'paused')
  return makeRunReport(folder.runId, folder.inputs, progress, state, unapproved)
}

async function openRun(folder: RunFolder, options: ExecuteOptions): Promise<PlanRun> {
  const { runId, inputs, journal } = folder
  const plan = inputs.document
  const progress = await replayRun(folder, options.processes)
  const stop = new AbortController()
  const privateFolder = privateFolderFor(runId, randomBytes(6).toString('hex'))
  const rules: Rules = {
    plan,
    concurrency: options.concurrency,
    holds: (step, now) => decideWhen(step.when, lookupIn(now, options.secrets)),
  }
  const shop: Workshop = {
    ...options,
    runId,
    inputs,
    graceMs: options.graceMs ?? GRACE_MS,
    signal: AbortSignal.any([options.signal, stop.signal]),
    redact: createRedactor(hiddenTexts(folder, options)),
    say: (task, text) => options.onEvent({ type: 'remark', task, text }),
    spawned: (task, pid) =>
      journal.append({ type: 'spawned', task, pid, mark: options.processes.startMark(pid) }),
  }
  const run = {
    folder,
    options,
    rules,
    shop,
    progress,
    pending: new Map(),
    askedSteps: new Set<string>(),
    stop,
  }
  const opened: PlanRun = { ...run, privateFolder, count: 0 }
  if (progress.finished !== undefined) return opened
  await checkAgents(shop)
  open(opened)
  return opened
}

/** Appends the first events of this process: where its files are, what was cut off before it, and what it may start. */
function open(run: PlanRun): void {
  const { folder, options, privateFolder } = run
  folder.journal.append({ type: 'opened', inputs: folder.hash, folder: privateFolder })
  makePrivate(privateFolder)
  for (const undo of [false, true])
    for (const [step, { state }] of Object.entries(run.progress[undo ? 'undo' : 'steps']))
      if (state === 'running') record(run, { type: 'cut', task: { step, undo } })
  for (const step of options.approve)
    if (!run.progress.approved.includes(step)) record(run, { type: 'approved', step })
}

/** Values that must not be stored: secret parameters, and the agents' secrets in this environment. */
function hiddenTexts({ inputs }: RunFolder, { secrets, env }: ExecuteOptions): string[] {
  const names = Object.values(inputs.agents).flatMap(permittedSecrets)
  return [...secretTexts(secrets), ...names.flatMap((name) => env[name] ?? [])]
}

async function drive(run: PlanRun): Promise<void> {
  for (;;) {
    const actions = run.shop.signal.aborted ? [] : nextActions(run.rules, run.progress)
    if (actions.some((action) => perform(run, action))) continue
    if (run.progress.finished !== undefined || run.pending.size === 0) return
    await Promise.race(run.pending.values())
  }
}

/**
 * Starts an action. Returns true when the state of the run changes
 * at once, so that the next actions have to be computed again.
 */
function perform(run: PlanRun, action: Action): boolean {
  switch (action.type) {
    case 'skip':
      record(run, { type: 'skipped', step: action.step })
      return true
    case 'finish':
      record(run, { type: 'finished', state: action.state })
      return true
    case 'start':
      begin(run, action.task, action.attempt)
      return false
    case 'rest':
      once(run, `rest ${keyOf(action.task)}`, () => rest(run, action.task, action.ms))
      return false
    case 'ask':
      if (!run.options.ask || run.askedSteps.has(action.step) || run.pending.has(ASK)) return false
      run.askedSteps.add(action.step)
      once(run, ASK, () => askFor(run, action.step))
      return false
  }
}

function begin(run: PlanRun, task: StepTask, attempt: number): void {
  record(run, { type: 'began', task, attempt })
  const folder = join(run.privateFolder, String(run.count++))
  once(run, keyOf(task), async () => {
    record(run, await attemptTask(run.shop, run.progress, { task, attempt, folder }))
  })
}

async function rest(run: PlanRun, task: StepTask, ms: number): Promise<void> {
  await sleep(ms, undefined, { signal: run.shop.signal }).catch(() => {})
  if (!run.shop.signal.aborted) record(run, { type: 'rested', task })
}

async function askFor(run: PlanRun, step: string): Promise<void> {
  const isApproved = await run.options.ask?.(step, run.shop.signal)
  if (isApproved && !run.shop.signal.aborted) record(run, { type: 'approved', step })
}

function once(run: PlanRun, key: string, work: () => Promise<void>): void {
  if (run.pending.has(key)) return
  run.pending.set(
    key,
    work().finally(() => run.pending.delete(key)),
  )
}

/** Writes an event to the journal before anything follows from it. */
function record(run: PlanRun, event: RunEvent): void {
  run.folder.journal.append(event)
  run.progress = advance(run.rules.plan, run.progress, event)
  run.options.onEvent(event)
}

function keyOf({ step, undo }: StepTask): string {
  return `${undo ? 'undo' : 'step'} ${step}`
}
