import type { Finding, Place } from '../../../contract/diagnostic.ts'
import { parameterNames } from '../manifest/declared.ts'
import type { readPlaceholders } from '../manifest/placeholders.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'

/** The placeholders of a text. */
export type Read = ReturnType<typeof readPlaceholders>

/** How much there is to fill in. A file counts for every step that uses it. */
export interface PlanSize {
  /** Characters of all texts, in UTF-16 code units. */
  characters: number
  placeholders: number
}

/**
 * A walk over the texts of a plan: what is known of the template, what has been seen, and where the walk is. Pointers
 * are made only for findings.
 */
export interface TextWalk {
  plan: PlanView
  parameters: readonly string[]
  secrets: ReadonlySet<string>
  findings: Finding[]
  /** Parameters that some text reads. */
  used: Set<string>
  /** What stands in prompt files whose own faults have been reported: several steps may share one. */
  seen: Map<string, Read>
  size: PlanSize
  /** The step whose text is looked at. */
  step: PlanStep
  /** What undoes a step runs after it, and may read what it made. */
  undoes: boolean
  /** From `plan.at` to the text. */
  trail: (string | number)[]
  /** The prompt's file that is looked at, if the text is not in the plan itself. */
  path?: string
  /** False for a file that another step uses too, and whose own faults have been reported there. */
  isFirst: boolean
}

/** Starts a walk at the first step. */
export function startWalk(
  plan: PlanView,
  step: PlanStep,
  secrets: ReadonlySet<string>,
  findings: Finding[],
): TextWalk {
  return {
    plan,
    parameters: parameterNames(plan.item.manifest),
    secrets,
    findings,
    used: new Set(),
    seen: new Map(),
    size: { characters: 0, placeholders: 0 },
    step,
    undoes: false,
    trail: [],
    isFirst: true,
  }
}

/**
 * Where the walk is.
 * @param index in the text, for a prompt's file
 */
export function placeOf({ plan, trail, path }: TextWalk, index = 0): Place {
  return path === undefined
    ? { file: plan.file, pointer: [...plan.at, ...trail] }
    : { file: path, offset: index }
}
