import type { OutputUnit } from '@cfworker/json-schema'
import type { Pointer } from '../../../core/diagnostic.ts'
import type { JsonObject } from '../../../core/kind.ts'
import type { CompiledParameters } from './compile.ts'

/** Keywords whose units only say that there are more of them further inside. */
const WRAPPERS = new Set([
  '$ref',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'dependentSchemas',
  'items',
  'prefixItems',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
])

/** Keywords whose units say it all: those further inside speak of forms that may not have been meant. */
const WHOLES = new Set(['anyOf', 'oneOf', 'not', 'contains', 'propertyNames'])

/** Keywords that have names below them, not keywords. */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas'])

export function isWrapper({ keyword }: OutputUnit): boolean {
  return WRAPPERS.has(keyword)
}

export function isWhole({ keyword }: OutputUnit): boolean {
  return WHOLES.has(keyword)
}

/** True for a unit of a form that a unit outside of it speaks of as a whole. */
export function isInside({ keywordLocation }: OutputUnit): boolean {
  const parts = partsOf(keywordLocation)
  for (let index = 0; index < parts.length - 1; index++) {
    const part = parts[index] as string
    if (WHOLES.has(part)) return true
    if (MAPS.has(part)) index++
  }
  return false
}

/** The schema that a unit's keyword belongs to. */
export function schemaOf(
  { keywordLocation }: OutputUnit,
  { schema, targets }: CompiledParameters,
): JsonObject {
  let found: unknown = schema
  for (const part of partsOf(keywordLocation).slice(0, -1)) {
    const from = (found ?? {}) as JsonObject & { __absolute_ref__?: string }
    const isReference = part === '$ref' && typeof from.$ref === 'string'
    found = isReference ? targets[from.__absolute_ref__ ?? ''] : from[part]
  }
  return (typeof found === 'object' && found !== null ? found : {}) as JsonObject
}

/** Where in the values a unit found something. */
export function pointerOf({ instanceLocation }: OutputUnit, values: JsonObject): Pointer {
  let inside: unknown = values
  return partsOf(instanceLocation).map((part) => {
    const key = Array.isArray(inside) ? Number(part) : part
    inside = (inside as Record<string | number, unknown> | undefined)?.[key]
    return key
  })
}

/** What stands at a pointer that a unit named. */
export function valueAt(values: JsonObject, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], values)
}

/** The validator encodes a pointer as a part of a URI. */
function partsOf(location: string): string[] {
  return location
    .split('/')
    .slice(1)
    .map((part) => decodeURI(part).replaceAll('~1', '/').replaceAll('~0', '~'))
}
