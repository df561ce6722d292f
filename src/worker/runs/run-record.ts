import type { RunLock } from '../run/run-inputs.ts'
import type { RunAttempt } from './follow-journal.ts'

/**
 * The state of a run. `starting`: its process is writing the first lines. `paused`: only steps are left that wait for a
 * person's approval, or for steps that do. `interrupted`: it is not finished, and no process executes it. `unreadable`:
 * its files do not tell what happened.
 */
export type RunRecordState =
  | 'starting'
  | 'running'
  | 'paused'
  | 'interrupted'
  | 'done'
  | 'failed'
  | 'rolled-back'
  | 'rollback-failed'
  | 'unreadable'

/** A run in a list. */
export interface RunSummary {
  runId: string
  state: RunRecordState
  /** Why the run, or what comes after its last known line, is not shown. */
  problem: string | null
  planId: string | null
  template: RunLock | null
  /** The preview of the plan. */
  env: string | null
  startedAt: string | null
  updatedAt: string | null
  /** The number of steps in each state. */
  counts: Partial<Record<StepRecordState, number>>
  /** Steps that wait for an approval now. */
  unapproved: string[]
}

export type StepRecordState =
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'interrupted'
  | 'unapproved'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'not-run'

/** A step, or what undoes it. */
export interface TaskRecord {
  id: string
  /** The agent at the version that the plan is locked to. */
  agent: { id: string; version: number; digest: string } | null
  state: StepRecordState
  /** The last attempts, oldest first. */
  attempts: RunAttempt[]
  /** How often it was tried, attempts that are left out included. */
  tries: number
  /** Milliseconds of all ended attempts. */
  ms: number
  error: string | null
}

export interface StepRecord extends TaskRecord {
  name: string
  dependsOn: string[]
  approval: 'none' | 'manual'
  sideEffects: 'none' | 'reversible' | 'irreversible'
  outputs: OutputRecord[]
}

/** An output as text: a text as it is, every other value as JSON. */
export interface OutputRecord {
  name: string
  text: string
  /** The number of characters, of which `text` has the first ones. */
  length: number
}

/** A run with its steps. */
export interface RunRecord extends RunSummary {
  locks: RunLock[]
  /** Names of secret parameters, whose values the worker needs in its environment. */
  secrets: string[]
  steps: StepRecord[]
  /** What was undone, in order. */
  rollback: TaskRecord[]
}
