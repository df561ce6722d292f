import { buildCommand, quoteWord } from '../moves/shell-command.ts'
import { plural } from '../texts/plural.ts'

/** The tone of a state: of a run, a step or an attempt. Colour never speaks alone, its word stands beside it. */
export function toneOf(state: string): 'live' | 'attention' | 'danger' | 'going' | 'soft' {
  if (state === 'done') return 'live'
  if (state === 'running' || state === 'starting' || state === 'retrying') return 'going'
  if (state === 'paused' || state === 'unapproved' || state === 'interrupted') return 'attention'
  return ['failed', 'rolled-back', 'rollback-failed', 'unreadable'].includes(state) ? 'danger' : 'soft'
}

const WORDS: Readonly<Record<string, string>> = {
  paused: 'waits for approval',
  unapproved: 'waits for approval',
  'rolled-back': 'rolled back',
  'rollback-failed': 'rollback failed',
  'not-run': 'did not run',
}

/** A state in words. */
export const stateWord = (state: string): string => WORDS[state] ?? state

/** Whether nothing follows: a run that was paused or interrupted may go on. */
export const hasEnded = (state: string): boolean =>
  ['done', 'failed', 'rolled-back', 'rollback-failed'].includes(state)

/** Whether a run changes by itself. */
export const isGoing = (state: string): boolean => state === 'starting' || state === 'running'

interface RunOfCommand {
  runId: string
  planId: string | null
  state: string
  env: string | null
  unapproved: readonly string[]
}

/** The command that runs a plan, of which a preview has its own. */
export const runCommand = (planId: string, env: string | undefined): string =>
  `${buildCommand(['nofx', 'worker', 'run'], { plan: planId, env })} --runner <command>`

/** The command that goes on with a run, or runs its plan again; undefined while a process executes it. */
export function commandOf({ runId, planId, state, env, unapproved }: RunOfCommand): string | undefined {
  if (state === 'paused' || state === 'interrupted') {
    const approvals = unapproved.map((step) => ` --approve ${quoteWord(step)}`)
    return `nofx worker run --resume ${runId}${approvals.join('')}`
  }
  if (isGoing(state) || planId === null) return undefined
  return runCommand(planId, env ?? undefined)
}

/** How far a run is, such as `3 of 5 steps, 1 failed`. */
export function tellSteps(counts: Readonly<Record<string, number | undefined>>): string {
  const all = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0)
  if (all === 0) return ''
  const { done = 0, skipped = 0, failed = 0 } = counts
  const ended = done + skipped
  const parts = [ended === all ? plural(all, 'step') : `${ended} of ${plural(all, 'step')}`]
  if (failed > 0) parts.push(`${failed} failed`)
  if (skipped > 0) parts.push(`${skipped} skipped`)
  return parts.join(', ')
}

/** A duration as it is measured, such as `840 ms`, `12.4 s` and `3 min 4 s`. */
export function tellDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
