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

/** The versions that a plan is locked to: the definition that it was made from, and those that it uses. */
export function listLocks(plan: Values): Lock[] {
  return Object.entries(plan).flatMap(([kind, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => (isLockAlone(one) ? readLock(kind, one) : [])),
  )
}

/** Whether an object has nothing beside the members of a lock: a step with a version is not a lock. */
const isLockAlone = (value: unknown): boolean => isValues(value) && Object.keys(value).length === 3

/** The steps of a plan, in order. */
export function listSteps(plan: Values): PlanStep[] {
  const steps = Array.isArray(plan.steps) ? plan.steps.filter(isValues) : []
  return steps.map((step) => ({
    id: String(step.id),
    name: String(step.name ?? step.id),
    agent: typeof step.agentId === 'string' ? step.agentId : undefined,
    prompt: printText(step.prompt),
    dependsOn: Array.isArray(step.dependsOn) ? step.dependsOn.map(String) : [],
    marks: marksOf(step),
  }))
}

function marksOf({ when, approval, sideEffects }: Values): string[] {
  return [
    when === false ? 'skipped' : isValues(when) ? 'on a condition' : '',
    approval === 'manual' ? 'waits for approval' : '',
    typeof sideEffects === 'string' && sideEffects !== 'none' ? sideEffects : '',
  ].filter((mark) => mark !== '')
}

/** A text of a plan; what is known only while it runs stands in braces. */
function printText(text: unknown): string {
  if (typeof text === 'string') return text
  const parts = isValues(text) && Array.isArray(text.$parts) ? text.$parts : []
  return parts.map((part) => (typeof part === 'string' ? part : `{{${printReference(part)}}}`)).join('')
}

function printReference(part: unknown): string {
  if (!isValues(part)) return ''
  return 'secret' in part ? `parameters.${part.secret}` : `steps.${part.step}.outputs.${part.output}`
}
