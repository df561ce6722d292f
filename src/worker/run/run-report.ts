import type { RunInputs } from './run-inputs.ts'
import type { Progress, RunProgress, RunState } from './schedule.ts'

/** The state of a step or of its rollback, for callers. */
export interface ReportedStep {
  id: string
  /** `unapproved`: waits for a person's approval. `not-run`: the run ended before it. */
  state: 'done' | 'failed' | 'skipped' | 'unapproved' | 'waiting' | 'not-run'
  attempts: number
  ms: number
  outputs: Record<string, unknown>
  error?: string
}

export interface RunReport {
  /** The id that `--resume` takes. */
  id: string
  planId: string
  state: RunState | 'paused' | 'interrupted'
  steps: ReportedStep[]
  /** What was undone, in order, by the ids of steps. */
  rollback: Omit<ReportedStep, 'outputs'>[]
  /** Steps that wait for `--approve`. */
  unapproved: string[]
}

/** A run as one document. */
export function makeRunReport(
  id: string,
  { planId, document }: RunInputs,
  progress: RunProgress,
  state: RunReport['state'],
  unapproved: readonly string[],
): RunReport {
  const ended = progress.finished !== undefined
  const steps = document.steps.map(({ id }): ReportedStep => {
    const { outputs, ...rest } = describe(progress.steps[id], unapproved.includes(id), ended)
    return { id, ...rest, outputs }
  })
  const rollback = document.rollback
    .filter(({ step }) => (progress.undo[step]?.attempts ?? 0) > 0)
    .map(({ step }) => {
      const { outputs: _none, ...rest } = describe(progress.undo[step], false, ended)
      return { id: step, ...rest }
    })
  return { id, planId, state, steps, rollback, unapproved: [...unapproved] }
}

function describe(
  progress: Progress | undefined,
  isUnapproved: boolean,
  ended: boolean,
): Omit<ReportedStep, 'id'> {
  const { state = 'waiting', attempts = 0, ms = 0, outputs = {}, error } = progress ?? {}
  const tried = attempts > 0 ? 'failed' : 'not-run'
  const open = isUnapproved ? 'unapproved' : ended ? tried : 'waiting'
  const shownState = state === 'done' || state === 'failed' || state === 'skipped' ? state : open
  return { state: shownState, attempts, ms, outputs, error }
}
