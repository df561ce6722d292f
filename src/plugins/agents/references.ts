import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { Demand, Reference } from '../../contract/kind.ts'
import { serverId, splitServer } from '../servers/manifest/name.ts'
import { readMcp } from './manifest/mcp.ts'
import type { AgentDefinition } from './manifest/schema.ts'

/** References to the agents, skills and servers that an agent requires, and to its successor. */
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
  return [...references, ...serverReferences(definition)]
}

/** The servers that entries were made from: an entry is of no use when its server is gone. */
function serverReferences(definition: AgentDefinition): Reference[] {
  const { file, at, servers } = readMcp(definition)
  return servers.flatMap(([entry, { from }]): Reference[] => {
    if (from === undefined) return []
    const id = serverId(splitServer(from).name)
    return [{ kind: 'servers', id, relation: 'requires', file, pointer: [...at, entry, 'from'] }]
  })
}

/** A server whose name makes the same id is another server. */
export function listDemands(definition: AgentDefinition): Demand[] {
  const { file, at, servers } = readMcp(definition)
  return servers.flatMap(([entry, { from }]): Demand[] => {
    if (from === undefined) return []
    const { name } = splitServer(from)
    const pointer = [...at, entry, 'from']
    return [{ kind: 'servers', oneOf: [serverId(name)], provides: name, file, pointer }]
  })
}
