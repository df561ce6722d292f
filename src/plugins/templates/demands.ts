import type { Pointer } from '../../contract/diagnostic.ts'
import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { Demand } from '../../contract/kind.ts'
import { readPlan } from './manifest/read-plan.ts'
import type { TemplateDefinition } from './manifest/schema.ts'

/** The skills that the supported agents must provide for steps and rollbacks, each at its first use. */
export function listDemands(definition: TemplateDefinition): Demand[] {
  const agents = (definition.manifest.supportedAgents ?? []).map((agent) => splitReference(agent).id)
  // Without supported agents, another rule reports the template, or it is a draft.
  if (agents.length === 0) return []
  const { file, at, steps } = readPlan(definition)
  const demands = new Map<string, Demand>()
  const ask = (skill: string | undefined, agentId: string | undefined, pointer: Pointer) => {
    if (skill !== undefined && agentId === undefined && !demands.has(skill))
      demands.set(skill, {
        kind: 'agents',
        oneOf: agents,
        provides: skill,
        file,
        pointer: [...at, ...pointer],
      })
  }
  for (const [index, { agentId, skill, rollback }] of steps.entries()) {
    ask(skill, agentId, [index, 'skill'])
    ask(rollback?.skill, rollback?.agentId, [index, 'rollback', 'skill'])
  }
  return [...demands.values()]
}
