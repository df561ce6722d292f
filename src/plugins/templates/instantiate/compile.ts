import { dereference, format, type Schema } from '@cfworker/json-schema'
import { KEYWORDS } from '../../../core/contract/fields/json-schema-keywords.ts'
import type { JsonObject } from '../../../core/kind.ts'
import { holdsSecret } from '../declared.ts'

/** A schema of parameters, made ready once for all the values it is asked about. */
export interface CompiledParameters {
  /** A copy of what the template declares; whatever is not declared is refused unless the schema says otherwise. */
  schema: Schema
  /** What `$ref`s of the copy name, by absolute address. */
  targets: Record<string, Schema | boolean>
  /** Declared names, in order. */
  names: readonly string[]
  secrets: ReadonlySet<string>
}

const compiled = new WeakMap<JsonObject, CompiledParameters>()

/** Compiles a schema that `checkJsonSchema` has found nothing wrong with. Remembers it for as long as it lives. */
export function compileParameters(schema: JsonObject): CompiledParameters {
  let known = compiled.get(schema)
  if (known === undefined) {
    known = compile(schema)
    compiled.set(schema, known)
  }
  return known
}

function compile(schema: JsonObject): CompiledParameters {
  // `dereference` writes into what it is given, so it is given a copy.
  const copy = copySchema(schema) as Schema
  if (copy.additionalProperties === undefined && copy.unevaluatedProperties === undefined)
    copy.additionalProperties = false
  const properties = (schema.properties ?? {}) as JsonObject
  const names = Object.keys(properties)
  return {
    schema: copy,
    // An `$id` that nothing refers to may be no URI at all.
    targets: JSON.stringify(schema).includes('"$ref":') ? dereference(copy) : {},
    names,
    secrets: new Set(names.filter((name) => holdsSecret(properties[name]))),
  }
}

/** Keywords of other drafts, which the validator applies without being asked to, and which no rule has looked at. */
const OTHER_DRAFTS = new Set(['$recursiveRef', '$recursiveAnchor', 'dependencies', 'additionalItems'])

function copySchema(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const copy: JsonObject = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (OTHER_DRAFTS.has(keyword) || (keyword === 'format' && !isFormat(value))) continue
    copy[keyword] = copyKeyword(keyword, value)
  }
  return copy
}

/**
 * The validator looks formats up without asking whether they are its own, so that `toString` would be one. Its `url`
 * is no format of JSON Schema, and the expression for it takes exponential time.
 */
function isFormat(name: unknown): boolean {
  return typeof name === 'string' && name !== 'url' && Object.hasOwn(format, name)
}

function copyKeyword(keyword: string, value: unknown): unknown {
  switch (KEYWORDS.get(keyword)) {
    case 'schema':
      return copySchema(value)
    case 'schemas':
      return (value as unknown[]).map(copySchema)
    case 'map':
    case 'patterns':
      return Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, one]) => [name, copySchema(one)]),
      )
    default:
      return typeof value === 'object' && value !== null ? structuredClone(value) : value
  }
}
