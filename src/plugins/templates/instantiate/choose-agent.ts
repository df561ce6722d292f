import { splitReference } from '../../../contract/fields/definition-reference.ts'
import type { Surroundings } from '../../../contract/kind.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'

/**
 * The agent that a task goes to: the one it names, or the first supported agent that is known to offer its skill, or
 * else the first of which nothing is known. Undefined when all are known and none offers it.
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
