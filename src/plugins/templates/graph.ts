import type { Graph } from '../../contract/kind.ts'
import type { PlanStep } from './manifest/plan-schema.ts'
import { readPlan } from './manifest/read-plan.ts'
import type { TemplateDefinition } from './manifest/schema.ts'

/** A template's plan: a box for each step, and an arrow for each dependency. */
export function buildGraph(definition: TemplateDefinition): Graph {
  const { steps } = readPlan(definition)
  const stepIds = new Set(steps.map(({ id }) => id))
  return {
    nodes: steps.map((step) => ({ id: step.id, label: step.name ?? step.id, notes: notesOn(step) })),
    edges: steps.flatMap(({ id, dependsOn = [] }) =>
      [...new Set(dependsOn)].filter((from) => stepIds.has(from)).map((from) => ({ from, to: id })),
    ),
  }
}

/** The facts about a step that people look for first; default values are left out. */
function notesOn({ agentId, skill, when, approval, sideEffects, onFailure, rollback }: PlanStep): string[] {
  const notes: string[] = []
  if (agentId !== undefined) notes.push(`agent ${agentId}`)
  else if (skill !== undefined) notes.push(`skill ${skill}`)
  if (when !== undefined) notes.push(`when ${when}`)
  if (approval === 'manual') notes.push('waits for approval')
  if (sideEffects !== undefined && sideEffects !== 'none') notes.push(sideEffects)
  if (rollback !== undefined) notes.push('can be rolled back')
  if (onFailure === 'continue' || onFailure === 'rollback') notes.push(`on failure: ${onFailure}`)
  return notes
}
