import { isValues, type Lock, readLock } from './locks.ts'

/** A step of a plan, as a row shows it. */
export interface PlanStep {
  id: string
  name?: string
  agent?: string
  /** What is special about the step, such as `waits for approval`. */
  notes: string[]
}

/** A plan as the page shows it. A third party's kind makes plans of its own shape, so everything may be absent. */
export interface PlanParts {
  source?: Lock
  locks: Lock[]
  steps: PlanStep[]
  parameters: Record<string, unknown>
  secrets: string[]
}

/** Reads what is known of a plan. */
export function readPlan(plan: Readonly<Record<string, unknown>>): PlanParts {
  const members = Object.entries(plan)
  return {
    source: members.flatMap(([kind, value]) => readLock(kind, value))[0],
    locks: members.flatMap(([kind, value]) => listOf(value).flatMap((one) => readLock(kind, one))),
    steps: listOf(plan.steps).flatMap((step) => stepOf(step) ?? []),
    parameters: isValues(plan.parameters) ? plan.parameters : {},
    secrets: listOf(plan.secrets).filter((name) => typeof name === 'string'),
  }
}

function stepOf(value: unknown): PlanStep | undefined {
  if (!isValues(value) || typeof value.id !== 'string') return undefined
  const { id, name, agentId, dependsOn, when, approval, sideEffects, onFailure } = value
  const after = listOf(dependsOn).filter((step) => typeof step === 'string')
  const notes = [
    ...(after.length > 0 ? [`after ${after.join(' and ')}`] : []),
    ...(when === false ? ['skipped: its condition is not met'] : []),
    ...(isValues(when) ? ['has a condition'] : []),
    ...(approval === 'manual' ? ['waits for approval'] : []),
    ...(typeof sideEffects === 'string' && sideEffects !== 'none' ? [sideEffects] : []),
    ...(onFailure === 'continue' ? ['goes on after a failure'] : []),
    ...(onFailure === 'rollback' ? ['rolls back after a failure'] : []),
  ]
  return { id, name: textOf(name), agent: textOf(agentId), notes }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
