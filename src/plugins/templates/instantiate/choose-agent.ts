import { splitReference } from '../../../contract/fields/definition-reference.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'

/**
 * The agent for a task: the one that the task names, otherwise the first supported agent that is known to provide its
 * skill, otherwise the first unknown agent. Undefined if all agents are known and none provides the skill.
 */
export function chooseAgent(
  task: { agentId?: string; skill?: string },
  { manifest }: TemplateDefinition,
  surroundings: Surroundings,
): string | undefined {
  const { agentId, skill } = task
  if (agentId !== undefined || skill === undefined) return agentId
  let unknown: string | undefined
  for (const reference of manifest.supportedAgents ?? []) {
    const { id } = splitReference(reference)
    const description = surroundings.find('agents', id)
    if (description?.provides.includes(skill)) return id
    if (description === undefined) unknown ??= id
  }
  return unknown
}
