import type { ExpectedOutput } from '../manifest/schema.ts'
import type { Operator, Scalar } from '../manifest/when.ts'

/** A value that is known only while a plan runs: an output of a step, or a secret parameter. */
export type RunTimeReference = { step: string; output: string } | { secret: string }

/**
 * A text with values that are not known yet: its parts in order; a string part is literal, whatever it contains. The
 * template alone decides the number and types of the parts; no parameter's value changes them.
 */
export interface Parts {
  $parts: (string | RunTimeReference)[]
}

/** A text of a document. A string is final and literal: braces in it have no meaning. */
export type DocumentText = string | Parts

/**
 * A parameter's value among the inputs that has keys starting with `$`. It is taken literally. A value without such
 * keys is not wrapped.
 */
export interface LiteralValue {
  $value: unknown
}

/** A condition on a value that is not known yet. `right` is present only for `==` and `!=`. */
export interface InstanceWhen {
  left: RunTimeReference
  op: Operator
  right?: Scalar
}

/** The task of an agent. */
export interface InstanceTask {
  agentId: string
  prompt: DocumentText
  /**
   * Inputs by name. At any depth, an object with the key `$parts` is a `Parts`, an object with `$value` is a `LiteralValue`.
   */
  inputs: Record<string, unknown>
}

/** One step with everything resolved: defaults are filled in, and an agent is chosen for a skill. */
export interface InstanceStep extends InstanceTask {
  id: string
  name: string
  dependsOn: string[]
  /** Absent: always. A boolean: already decided by the parameters. */
  when?: boolean | InstanceWhen
  /** Milliseconds for one attempt. */
  timeoutMs: number
  retry: { maxAttempts: number; backoffMs: number }
  onFailure: 'stop' | 'continue' | 'rollback'
  approval: 'none' | 'manual'
  sideEffects: 'none' | 'reversible' | 'irreversible'
}

/** The task that undoes the step `step`. */
export interface InstanceRollback extends InstanceTask {
  step: string
}

/** A template filled in with parameters: everything that a run needs besides outputs and secrets. */
export type InstanceDocument = {
  /** In the template's order. */
  steps: InstanceStep[]
  expectedOutputs: (ExpectedOutput & { required: boolean })[]
  /** In the order of undoing: the last step first. */
  rollback: InstanceRollback[]
  /** Names of the secret parameters. The caller that runs the plan provides their values. */
  secrets: string[]
  /** Values of all other parameters, defaults included. Plain data: `$parts` and `$value` have no meaning in it. */
  parameters: Record<string, unknown>
}
