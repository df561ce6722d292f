import type { Description } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import type { HeadState } from './revision.ts'

/** Why, by whom and since when (ISO 8601) a definition is disabled by an operator. */
export interface OperatorSwitch {
  reason: string
  by: string
  since: string
}

/** The sentence about a definition that an operator disabled. */
export function describeSwitch({ reason, by, since }: OperatorSwitch): string {
  return `disabled by ${by} since ${since}: ${reason.replaceAll(/\s+/g, ' ')}`
}

/** The command that enables a definition, in the preview if there is one. */
export function enableCommand(one: { kind: string; id: string }, preview?: string): string {
  return keepInPreview(`nofx registry enable ${nameOf(one)} --reason "<why>"`, preview)
}

/** The part of a head that says how other definitions see it. */
interface SwitchedHead {
  state: HeadState
  description: Description
}

/**
 * The description of a head as other definitions see it: what an operator disabled counts as disabled, although its
 * manifest has another status.
 */
export function describedAs({ state, description }: SwitchedHead): Description {
  return state === 'disabled' ? { ...description, status: 'disabled' } : description
}
