import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'

/** The key of `_meta` that holds NOFX's values in a server.json, whose other fields belong to the MCP Registry. */
export const OWN_KEY = 'dev.nofx/registry'

/** Where NOFX's values are in a server.json. */
export const OWN_PLACE: readonly string[] = ['_meta', OWN_KEY]

/** A server.json as others get it: without NOFX's values. */
export function withoutOwnValues(manifest: JsonObject): JsonObject {
  const { _meta, ...rest } = manifest
  if (!isObject(_meta)) return manifest
  const { [OWN_KEY]: _, ...others } = _meta
  return Object.keys(others).length > 0 ? { ...rest, _meta: others } : rest
}
