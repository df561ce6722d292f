import type { ExpectedOutput } from '../manifest/schema.ts'
import type { Operator, Scalar } from '../manifest/when.ts'

/** What is known only while a plan runs: an output of a step, or the value of a secret parameter. */
export type RunTimeReference = { step: string; output: string } | { secret: string }

/**
 * A text that waits for something: its parts in order, strings being literal whatever they contain. How many parts
 * there are, and of which sort, is the template's doing alone: no parameter's value changes it.
 */
export interface Parts {
  $parts: (string | RunTimeReference)[]
}

/** A text of a document. A string is final and literal: braces in it mean nothing. */
export type Text = string | Parts

/**
 * A parameter's value among the inputs that has keys starting with `$`: it is to be taken as it is, nothing in it is
 * read. A value without such keys stands there by itself.
 */
export interface Kept {
  $value: unknown
}

/** A condition that waits for something. `right` is there for `==` and `!=` alone. */
export interface InstanceWhen {
  left: RunTimeReference
  op: Operator
  right?: Scalar
}

/** What an agent is given to do. */
export interface InstanceTask {
  agentId: string
  prompt: Text
  /** By name. At any depth an object with the key `$parts` is a `Parts`, one with `$value` a `Kept`. */
  inputs: Record<string, unknown>
}

/** One step, nothing left to look up: defaults are filled in, a skill has become an agent. */
export interface InstanceStep extends InstanceTask {
  id: string
  name: string
  dependsOn: string[]
  /** Absent: always. A boolean: decided by the parameters already. */
  when?: boolean | InstanceWhen
  /** Milliseconds for one attempt. */
  timeoutMs: number
  retry: { maxAttempts: number; backoffMs: number }
  onFailure: 'stop' | 'continue' | 'rollback'
  approval: 'none' | 'manual'
  sideEffects: 'none' | 'reversible' | 'irreversible'
}

/** What undoes the step `step`. */
export interface InstanceRollback extends InstanceTask {
  step: string
}

/** A template filled in with parameters: all that a run needs besides outputs and secrets. */
export type InstanceDocument = {
  /** In the template's order. */
  steps: InstanceStep[]
  expectedOutputs: (ExpectedOutput & { required: boolean })[]
  /** In the order of undoing: what was done last comes first. */
  rollback: InstanceRollback[]
  /** Names of the parameters that are secret. Whoever runs the plan has to bring their values. */
  secrets: string[]
  /** Values of all other parameters, defaults included. Plain data: nothing in it is read as `$parts` or `$value`. */
  parameters: Record<string, unknown>
}
