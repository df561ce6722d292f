import { isValues, type Lock, readLock, type Values } from './locks.ts'

/** A step of a plan, as a reader looks at it. */
export interface PlanStep {
  id: string
  name: string
  agent?: string
  prompt: string
  dependsOn: string[]
  /** Words that matter before a run: whether it is skipped, waits for somebody, or changes something. */
  marks: string[]
}

/** A plan as the console shows it. A third party's kind makes plans of its own shape, so everything may be absent. */
export interface PlanParts {
  /** The definition that the plan was made from; its kind is the name of its member, such as `template`. */
  source?: Lock
  locks: Lock[]
  steps: PlanStep[]
  parameters: Record<string, unknown>
  secrets: string[]
}

/** Reads what is known of a plan. */
export function readPlan(plan: Values): PlanParts {
  const members = Object.entries(plan)
  return {
    source: members.flatMap(([kind, value]) => lockIn(kind, value))[0],
    locks: members.flatMap(([kind, value]) => listOf(value).flatMap((one) => lockIn(kind, one))),
    steps: listOf(plan.steps).flatMap((step) => stepOf(step) ?? []),
    parameters: isValues(plan.parameters) ? plan.parameters : {},
    secrets: textsOf(plan.secrets),
  }
}

/** A lock has nothing beside its members: a step with a version is not one. */
const lockIn = (kind: string, value: unknown): Lock[] =>
  isValues(value) && Object.keys(value).length === 3 ? readLock(kind, value) : []

function stepOf(step: unknown): PlanStep | undefined {
  if (!isValues(step) || typeof step.id !== 'string') return undefined
  const { id, name, agentId, prompt, dependsOn } = step
  return {
    id,
    name: typeof name === 'string' ? name : id,
    agent: typeof agentId === 'string' ? agentId : undefined,
    prompt: printText(prompt),
    dependsOn: textsOf(dependsOn),
    marks: marksOf(step),
  }
}

const ON_FAILURE: Values = {
  continue: 'goes on after a failure',
  rollback: 'rolls back after a failure',
}

function marksOf({ when, approval, sideEffects, onFailure }: Values): string[] {
  return textsOf([
    when === false ? 'skipped' : isValues(when) && 'on a condition',
    approval === 'manual' && 'waits for approval',
    sideEffects !== 'none' && sideEffects,
    ON_FAILURE[String(onFailure)],
  ])
}

/** A text of a plan; what is known only while it runs stands in braces. */
function printText(text: unknown): string {
  if (typeof text === 'string') return text
  const parts = isValues(text) ? listOf(text.$parts) : []
  return parts.map((part) => (typeof part === 'string' ? part : `{{${printReference(part)}}}`)).join('')
}

function printReference(part: unknown): string {
  if (!isValues(part)) return ''
  return 'secret' in part ? `parameters.${part.secret}` : `steps.${part.step}.outputs.${part.output}`
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const textsOf = (value: unknown): string[] => listOf(value).filter((one) => typeof one === 'string')
