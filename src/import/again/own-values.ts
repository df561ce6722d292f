import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { valueAt } from '../../contract/manifest/value-at.ts'
import { OWN_PLACE } from '../../plugins/servers/manifest/own-values.ts'

/** Manifests in the form of another standard, and where NOFX's own values are in them. */
const PLACES: Readonly<Record<string, readonly string[]>> = { 'server.json': OWN_PLACE }

/** The values of NOFX in a manifest: the manifest itself, unless another standard has its form. */
export function readOwn(manifestFile: string, manifest: JsonObject): JsonObject {
  const values = valueAt(manifest, PLACES[manifestFile] ?? [])
  return isObject(values) ? values : {}
}

/** The owner and the status that a manifest states; a skill has them among the texts of its `metadata`. */
export function readStated(manifestFile: string, manifest: JsonObject): { owner: unknown; status: unknown } {
  const { owner, status, metadata } = readOwn(manifestFile, manifest)
  const texts = isObject(metadata) ? metadata : {}
  return { owner: owner ?? texts['nofx-owner'], status: status ?? texts['nofx-status'] }
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
