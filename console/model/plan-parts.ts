/** A version that a plan is locked to. `kind` is the name of the member that holds it. */
export interface Lock {
  kind: string
  id: string
  version: number
  digest: string
}

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
    source: members.flatMap(([kind, value]) => lockOf(kind, value) ?? [])[0],
    locks: members.flatMap(([kind, value]) => listOf(value).flatMap((one) => lockOf(kind, one) ?? [])),
    steps: listOf(plan.steps).flatMap((step) => stepOf(step) ?? []),
    parameters: isObject(plan.parameters) ? plan.parameters : {},
    secrets: listOf(plan.secrets).filter((name) => typeof name === 'string'),
  }
}

/** `{<id field>, version, digest}`; the field's name depends on the kind. */
function lockOf(kind: string, value: unknown): Lock | undefined {
  if (!isObject(value)) return undefined
  const { version, digest, ...rest } = value
  const [id] = Object.values(rest)
  if (typeof version !== 'number' || typeof digest !== 'string' || typeof id !== 'string') return undefined
  return { kind, id, version, digest }
}

function stepOf(value: unknown): PlanStep | undefined {
  if (!isObject(value) || typeof value.id !== 'string') return undefined
  const { id, name, agentId, dependsOn, when, approval, sideEffects, onFailure } = value
  const after = listOf(dependsOn).filter((step) => typeof step === 'string')
  const notes = [
    ...(after.length > 0 ? [`after ${after.join(' and ')}`] : []),
    ...(when === false ? ['skipped: its condition is not met'] : []),
    ...(isObject(when) ? ['has a condition'] : []),
    ...(approval === 'manual' ? ['waits for approval'] : []),
    ...(typeof sideEffects === 'string' && sideEffects !== 'none' ? [sideEffects] : []),
    ...(onFailure === 'continue' ? ['goes on after a failure'] : []),
    ...(onFailure === 'rollback' ? ['rolls back after a failure'] : []),
  ]
  return { id, name: textOf(name), agent: textOf(agentId), notes }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
