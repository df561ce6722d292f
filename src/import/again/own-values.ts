import { isObject } from '../../contract/fields/older-layout.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { OWN_PLACE } from '../../plugins/servers/manifest/own-values.ts'

/** Manifests in the form of another standard, and where NOFX's own values are in them. */
const PLACES: Readonly<Record<string, readonly string[]>> = { 'server.json': OWN_PLACE }

/** The values of NOFX in a manifest: the manifest itself, unless another standard has its form. */
export function readOwn(manifestFile: string, manifest: JsonObject): JsonObject {
  let values: unknown = manifest
  for (const key of PLACES[manifestFile] ?? []) values = isObject(values) ? values[key] : undefined
  return isObject(values) ? values : {}
}

/** A manifest with other values of NOFX. */
export function writeOwn(manifestFile: string, manifest: JsonObject, values: JsonObject): JsonObject {
  return set(manifest, PLACES[manifestFile] ?? [], values)
}

function set(parent: JsonObject, place: readonly string[], values: JsonObject): JsonObject {
  const [key, ...rest] = place
  if (key === undefined) return values
  const inner = Object.hasOwn(parent, key) ? parent[key] : undefined
  const { [key]: _, ...others } = parent
  const value = set(isObject(inner) ? inner : {}, rest, values)
  return Object.keys(value).length > 0 ? { ...others, [key]: value } : others
}
