import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { Reference } from '../../contract/kind.ts'
import type { TemplateDefinition } from './manifest/schema.ts'

/** References to the agents that a template's steps may use, and to the template's successor. */
export function listReferences(definition: TemplateDefinition): Reference[] {
  const { supportedAgents, deprecation } = definition.manifest
  const file = definition.manifestPath
  const references = (supportedAgents ?? []).map(
    (agent, index): Reference => ({
      kind: 'agents',
      ...splitReference(agent),
      relation: 'requires',
      file,
      pointer: ['supportedAgents', index],
    }),
  )
  if (deprecation?.replacedBy !== undefined)
    references.push({
      kind: 'templates',
      id: deprecation.replacedBy,
      relation: 'mentions',
      file,
      pointer: ['deprecation', 'replacedBy'],
    })
  return references
}
