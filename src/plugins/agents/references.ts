import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { Reference } from '../../contract/kind.ts'
import type { AgentDefinition } from './manifest/schema.ts'

/** References to the agents and skills that an agent requires, and to its successor. */
export function listReferences(definition: AgentDefinition): Reference[] {
  const { dependencies, deprecation } = definition.manifest
  const file = definition.manifestPath
  const references = (['agents', 'skills'] as const).flatMap((kind) =>
    (dependencies?.[kind] ?? []).map(
      (one, index): Reference => ({
        kind,
        ...splitReference(one),
        relation: 'requires',
        file,
        pointer: ['dependencies', kind, index],
      }),
    ),
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
