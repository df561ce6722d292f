import { computeUpstream, findCycle, inOrder } from './order.ts'
import type { PlanStep } from './plan-schema.ts'
import { type ReadPlan, readPlan } from './read-plan.ts'
import type { TemplateDefinition } from './schema.ts'

/** A template's plan in the form that its rules use. */
export interface PlanView extends ReadPlan {
  definition: TemplateDefinition
  byId: ReadonlyMap<string, PlanStep>
  /** The steps sorted so that each comes after its dependencies; steps of a cycle are left out. */
  ordered: readonly PlanStep[]
  cycle?: readonly string[]
  /** Whether a step is done before another step starts. Meaningless if there is a cycle. */
  isBefore: (earlier: string, later: string) => boolean
}

/** Reads a plan and computes its order, once for all rules. */
export function viewPlan(definition: TemplateDefinition): PlanView {
  const plan = readPlan(definition)
  const { steps } = plan
  const byId = new Map<string, PlanStep>()
  for (const step of steps) if (!byId.has(step.id)) byId.set(step.id, step)
  const isListed = isInOrder(steps, byId)
  const cycle = isListed ? undefined : findCycle(steps)
  let upstream: ReturnType<typeof computeUpstream> | undefined
  return {
    ...plan,
    definition,
    byId,
    ordered: isListed ? steps : inOrder(steps),
    ...(cycle ? { cycle } : {}),
    isBefore(earlier, later) {
      // Most steps read only from their direct dependencies.
      if (byId.get(later)?.dependsOn?.includes(earlier)) return true
      upstream ??= computeUpstream(steps)
      return upstream.get(later)?.has(earlier) ?? false
    },
  }
}

/** True for steps that are listed in a working order: the usual case, which has no cycle. */
function isInOrder(steps: readonly PlanStep[], byId: ReadonlyMap<string, PlanStep>): boolean {
  const done = new Set<string>()
  for (const { id, dependsOn } of steps) {
    if (dependsOn) for (const before of dependsOn) if (!done.has(before) && byId.has(before)) return false
    done.add(id)
  }
  return true
}
