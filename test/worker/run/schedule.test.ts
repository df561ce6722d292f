import { describe, expect, it } from 'vitest'
import type { RunPlan } from '../../../src/worker/run/run-inputs.ts'
import {
  type Action,
  advance,
  nextActions,
  type Rules,
  type RunEvent,
  type RunProgress,
  running,
  type StepTask,
  startProgress,
} from '../../../src/worker/run/schedule.ts'
import fc from '../../harness/fast-check.ts'
import { planOf, step } from './support/run-plan.ts'

/** A plan of up to nine steps in which a step may wait for any before it. */
const plans: fc.Arbitrary<RunPlan> = fc
  .array(
    fc.record({
      before: fc.array(fc.nat(8), { maxLength: 3 }),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      onFailure: fc.constantFrom('stop' as const, 'continue' as const, 'rollback' as const),
      approval: fc.constantFrom('none' as const, 'none' as const, 'manual' as const),
      canUndo: fc.boolean(),
      isRequired: fc.boolean(),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((shapes) => {
    const steps = shapes.map(({ before, maxAttempts, onFailure, approval }, index) =>
      step(`s${index}`, {
        dependsOn: [...new Set(before.filter((one) => one < index))].map((one) => `s${one}`),
        retry: { maxAttempts, backoffMs: 1 },
        onFailure,
        approval,
      }),
    )
    const undoable = shapes.flatMap(({ canUndo }, index) => (canUndo ? [`s${index}`] : []))
    return planOf(steps, {
      rollback: undoable.reverse().map((id) => ({ step: id, agentId: 'worker', prompt: '', inputs: {} })),
      expectedOutputs: shapes.flatMap(({ isRequired }, index) =>
        isRequired ? [{ id: `o${index}`, type: 'text' as const, fromStep: `s${index}`, required: true }] : [],
      ),
    })
  })

/** Decides what happens next, from 0 to 99. */
type Chance = () => number

interface Outcome {
  log: RunEvent[]
  progress: RunProgress
  isPaused: boolean
}

/** Plays a run to its end: tasks end in any order, some fail, and people approve some steps. */
function play(rules: Rules, chance: Chance, log: RunEvent[] = [], limit = Number.POSITIVE_INFINITY): Outcome {
  const { plan } = rules
  let progress = log.reduce((now, event) => advance(plan, now, event), startProgress(plan))
  const record = (event: RunEvent) => {
    check(rules, progress, event)
    progress = advance(plan, progress, event)
    log.push(event)
  }
  const asked = new Set<string>()
  while (log.length < limit) {
    const actions = nextActions(rules, progress)
    const open = running(progress)
    if (open + actions.filter(({ type }) => type === 'start').length > rules.concurrency)
      throw new Error('too many')
    const [now, ...others] = actions.filter((action) => action.type !== 'ask' || !asked.has(action.step))
    const isOver = progress.finished !== undefined || (now === undefined && open === 0)
    if (isOver) return { log, progress, isPaused: progress.finished === undefined }
    // Either a possible action starts, or a task under way ends.
    if (now !== undefined && (open === 0 || chance() < 60))
      for (const event of begun([now, ...others][chance() % (others.length + 1)] as Action, chance, asked))
        record(event)
    else record(ended(progress, chance))
  }
  return { log, progress, isPaused: false }
}

function begun(action: Action, chance: Chance, asked: Set<string>): RunEvent[] {
  switch (action.type) {
    case 'start':
      return [{ type: 'began', task: action.task, attempt: action.attempt }]
    case 'rest':
      return [{ type: 'rested', task: action.task }]
    case 'skip':
      return [{ type: 'skipped', step: action.step }]
    case 'finish':
      return [{ type: 'finished', state: action.state }]
    case 'ask':
      asked.add(action.step)
      return chance() < 80 ? [{ type: 'approved', step: action.step }] : []
  }
}

function ended(progress: RunProgress, chance: Chance): RunEvent {
  const open = underWay(progress)
  const task = open[chance() % open.length] as StepTask
  return chance() < 75
    ? { type: 'done', task, ms: 1, outputs: { by: task.step } }
    : { type: 'failed', task, ms: 1, error: 'no luck' }
}

function underWay(progress: RunProgress): StepTask[] {
  return [false, true].flatMap((undo) =>
    Object.entries(progress[undo ? 'undo' : 'steps'])
      .filter(([, { state }]) => state === 'running')
      .map(([id]) => ({ step: id, undo })),
  )
}

/** The invariants at the start of every task. */
function check({ plan }: Rules, progress: RunProgress, event: RunEvent): void {
  if (event.type !== 'began') return
  const { task, attempt } = event
  const its = plan.steps.find(({ id }) => id === task.step)!
  const before = progress[task.undo ? 'undo' : 'steps'][task.step]!
  expect(['waiting', 'cut']).toContain(before.state)
  expect(attempt).toBe(before.attempts + 1)
  if (before.state === 'waiting') expect(attempt).toBeLessThanOrEqual(its.retry.maxAttempts)
  const failed = plan.steps.filter(({ id }) => progress.steps[id]?.state === 'failed')
  if (task.undo) {
    expect(failed.some(({ onFailure }) => onFailure === 'rollback')).toBe(true)
    expect(running(progress)).toBe(0)
    expect(progress.steps[task.step]!.attempts).toBeGreaterThan(0)
    const later = plan.rollback.slice(
      0,
      plan.rollback.findIndex((one) => one.step === task.step),
    )
    for (const { step: id } of later)
      if (progress.steps[id]!.attempts > 0) expect(['done', 'failed']).toContain(progress.undo[id]!.state)
    return
  }
  for (const id of its.dependsOn) expect(['done', 'failed', 'skipped']).toContain(progress.steps[id]!.state)
  expect(failed.every(({ onFailure }) => onFailure === 'continue')).toBe(true)
  if (its.approval === 'manual') expect(progress.approved).toContain(task.step)
}

function checkEnd({ plan }: Rules, { progress, isPaused }: Outcome): void {
  const failed = plan.steps.filter(({ id }) => progress.steps[id]?.state === 'failed')
  const fails = (how: string) => failed.some(({ onFailure }) => onFailure === how)
  if (isPaused) {
    const isUnapproved = plan.steps.some(
      ({ id, approval }) => approval === 'manual' && !progress.approved.includes(id),
    )
    expect(isUnapproved).toBe(true)
  } else if (fails('rollback')) expect(progress.finished).toMatch(/^roll/)
  else if (fails('stop')) expect(progress.finished).toBe('failed')
  else {
    for (const { state } of Object.values(progress.steps))
      expect(['done', 'failed', 'skipped']).toContain(state)
    const lacks = plan.expectedOutputs.some(({ fromStep }) => progress.steps[fromStep]?.state === 'failed')
    expect(progress.finished).toBe(lacks ? 'failed' : 'done')
  }
}

const skipping = fc.func(fc.boolean())
const rulesFor = (plan: RunPlan, concurrency: number, holds: (id: string) => boolean): Rules => ({
  plan,
  concurrency,
  holds: ({ id }) => holds(id),
})

describe('any plan', () => {
  const chances = fc.infiniteStream(fc.nat(99))
  const concurrency = fc.integer({ min: 1, max: 4 })

  it('any plan ends by the rules, whatever fails and in whatever order steps end', () => {
    fc.assert(
      fc.property(plans, concurrency, skipping, chances, (plan, atOnce, holds, stream) => {
        const rules = rulesFor(plan, atOnce, holds)
        checkEnd(
          rules,
          play(rules, () => stream.next().value),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('any plan can be resumed from every line of its journal, and repeats no completed step', () => {
    fc.assert(
      fc.property(plans, concurrency, skipping, chances, fc.nat(60), (plan, atOnce, holds, stream, cut) => {
        const rules = rulesFor(plan, atOnce, holds)
        const chance = () => stream.next().value
        const { log } = play(rules, chance, [], cut)
        const killed = log.reduce((now, event) => advance(plan, now, event), startProgress(plan))
        for (const task of underWay(killed)) log.push({ type: 'cut', task })
        const done = new Set(log.flatMap((one) => (one.type === 'done' ? [JSON.stringify(one.task)] : [])))
        const before = log.length
        const outcome = play(rules, chance, log)
        checkEnd(rules, outcome)
        for (const event of outcome.log.slice(before))
          if (event.type === 'began') expect(done).not.toContain(JSON.stringify(event.task))
      }),
      { numRuns: 500 },
    )
  })

  it('a step that has begun is not skipped: it is tried again, whatever its condition says by then', () => {
    const plan = planOf([step('one', { retry: { maxAttempts: 2, backoffMs: 1 } })])
    const task = { step: 'one', undo: false }
    const events: RunEvent[] = [
      { type: 'began', task, attempt: 1 },
      { type: 'failed', task, ms: 1, error: 'x' },
      { type: 'rested', task },
    ]
    const progress = events.reduce((now, event) => advance(plan, now, event), startProgress(plan))
    expect(
      nextActions(
        rulesFor(plan, 1, () => false),
        startProgress(plan),
      ),
    ).toEqual([{ type: 'skip', step: 'one' }])
    expect(
      nextActions(
        rulesFor(plan, 1, () => false),
        progress,
      ),
    ).toEqual([{ type: 'start', task, attempt: 2 }])
  })
})
