import type { Reference } from '../../contract/kind.ts'
import { OWN_PLACE } from './manifest/own-values.ts'
import { ownValuesOf, type ServerDefinition } from './manifest/schema.ts'

/** The reference to the server that replaces a deprecated one. */
export function listServerReferences({ manifest, manifestPath: file }: ServerDefinition): Reference[] {
  const id = ownValuesOf(manifest).deprecation?.replacedBy
  if (id === undefined) return []
  const pointer = [...OWN_PLACE, 'deprecation', 'replacedBy']
  return [{ kind: 'servers', id, relation: 'mentions', file, pointer }]
}
