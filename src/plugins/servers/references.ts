import { isObject } from '../../contract/is-object.ts'
import type { Reference } from '../../contract/kind.ts'
import { OWN_PLACE } from './manifest/own-values.ts'
import { ownValuesOf, type ServerDefinition } from './manifest/schema.ts'

/** The file that an import names, when it has more to keep than the manifest has room for. */
export function listServerFiles({ manifest }: ServerDefinition): string[] {
  const imported = ownValuesOf(manifest).metadata?.import
  const rest = isObject(imported) && isObject(imported.kept) ? imported.kept.file : undefined
  return typeof rest === 'string' ? [rest] : []
}

/** The reference to the server that replaces a deprecated one. */
export function listServerReferences({ manifest, manifestPath: file }: ServerDefinition): Reference[] {
  const id = ownValuesOf(manifest).deprecation?.replacedBy
  if (id === undefined) return []
  const pointer = [...OWN_PLACE, 'deprecation', 'replacedBy']
  return [{ kind: 'servers', id, relation: 'mentions', file, pointer }]
}
