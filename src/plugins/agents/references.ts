import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { Reference } from '../../contract/kind.ts'
import type { AgentDefinition } from './manifest/schema.ts'

/** References to the agents that an agent requires, and to its successor. */
export function listReferences(definition: AgentDefinition): Reference[] {
  const { dependencies, deprecation } = definition.manifest
  const file = definition.manifestPath
  const references = (dependencies?.agents ?? []).map(
    (agent, index): Reference => ({
      kind: 'agents',
      ...splitReference(agent),
      relation: 'requires',
      file,
      pointer: ['dependencies', 'agents', index],
    }),
  )
  if (deprecation?.replacedBy !== undefined)
    references.push({
      kind: 'agents',
      id: deprecation.replacedBy,
      relation: 'mentions',
      file,
      pointer: ['deprecation', 'replacedBy'],
    })
  return references
}
