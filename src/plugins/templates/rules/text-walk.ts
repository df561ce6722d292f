import type { Finding, FindingPlace } from '../../../contract/diagnostic.ts'
import { parameterNames } from '../manifest/declared.ts'
import type { readPlaceholders } from '../manifest/placeholders.ts'
import type { PlanStep } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'

/** The placeholders of a text. */
export type ReadPlaceholders = ReturnType<typeof readPlaceholders>

/** The amount of text to fill in. A file counts for every step that uses it. */
export interface PlanSize {
  /** Characters of all texts, in UTF-16 code units. */
  characters: number
  placeholders: number
}

/**
 * A walk over the texts of a plan: the template, the results so far, and the current place. Pointers are built only
 * for findings.
 */
export interface TextWalk {
  plan: PlanView
  parameters: readonly string[]
  secrets: ReadonlySet<string>
  findings: Finding[]
  /** Parameters that at least one text reads. */
  used: Set<string>
  /** Placeholders in prompt files whose own faults have been reported, since several steps may share a file. */
  fileTexts: Map<string, ReadPlaceholders>
  size: PlanSize
  /** The step of the current text. */
  step: PlanStep
  /** True in a rollback: it runs after its step and may read the step's outputs. */
  undoes: boolean
  /** The path from `plan.at` to the text. */
  trail: (string | number)[]
  /** The prompt's file, if the text is not in the plan itself. */
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
    parameters: parameterNames(plan.definition.manifest),
    secrets,
    findings,
    used: new Set(),
    fileTexts: new Map(),
    size: { characters: 0, placeholders: 0 },
    step,
    undoes: false,
    trail: [],
    isFirst: true,
  }
}

/**
 * The current place of the walk.
 * @param index offset in the text of a prompt's file
 */
export function toPlace({ plan, trail, path }: TextWalk, index = 0): FindingPlace {
  return path === undefined
    ? { file: plan.file, pointer: [...plan.at, ...trail] }
    : { file: path, offset: index }
}
