import { isObject } from '../is-object.ts'
import type { JsonObject } from '../kind.ts'
import { listNames, matches } from './assertions.ts'
import { type Applicator, fail, fits, type SchemaCall } from './run.ts'

function asObject({ value }: SchemaCall): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

/**
 * The keys of a value. Each listing is charged to the meter, because many schemas may ask for the keys of one value.
 */
function listKeys(object: JsonObject, { run: { meter } }: SchemaCall): string[] {
  const keys = Object.keys(object)
  meter.spend(keys.length / 8)
  return keys
}

/** Applies a schema to the value of one key, and marks the key as evaluated. */
function applyTo(
  key: string,
  schema: unknown,
  object: JsonObject,
  { way, run, evaluated }: SchemaCall,
): boolean {
  const isFine = run.apply(schema, object[key], { key, up: way }, run, undefined)
  if (isFine) evaluated?.keys.add(key)
  return isFine
}

/** The same for several keys. Stops at the first fault if faults are not collected. */
function applyToEach(
  keys: Iterable<string>,
  findSchema: (key: string) => unknown,
  call: SchemaCall,
): boolean {
  const object = asObject(call) ?? {}
  let all = true
  for (const key of keys) {
    if (applyTo(key, findSchema(key), object, call)) continue
    all = false
    if (call.run.faults === undefined) return false
  }
  return all
}

function properties(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  const declared = want as JsonObject
  // The shorter list is walked, so that many small values of a large schema cost no more than their own size.
  const [valueKeys, names] = [listKeys(object, call), listNames(declared)]
  const keys =
    names.length < valueKeys.length
      ? names.filter((key) => Object.hasOwn(object, key))
      : valueKeys.filter((key) => Object.hasOwn(declared, key))
  return applyToEach(keys, (key) => declared[key], call)
}

function patternProperties(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  let all = true
  const patterned = want as JsonObject
  call.run.meter.spend(listNames(patterned).length / 8)
  for (const pattern of listNames(patterned)) {
    const keys = listKeys(object, call).filter((key) => matches(pattern, key, call.run.meter))
    if (applyToEach(keys, () => patterned[pattern], call)) continue
    all = false
    if (call.run.faults === undefined) return false
  }
  return all
}

/** Applies the schema to keys that the adjacent `properties` and `patternProperties` do not cover. */
function additionalProperties(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  const { properties: declared = {}, patternProperties: patterned = {} } = call.schema
  const patterns = listNames(patterned as JsonObject)
  const rest = listKeys(object, call).filter(
    (key) =>
      !Object.hasOwn(declared as JsonObject, key) &&
      !patterns.some((pattern) => matches(pattern, key, call.run.meter)),
  )
  return applyToRest('additionalProperties', rest, want, call)
}

function unevaluatedProperties(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  const rest = listKeys(object, call).filter((key) => !call.evaluated?.keys.has(key))
  return applyToRest('unevaluatedProperties', rest, want, call)
}

/** A key that is not allowed at all is a fault of the keyword, not of the key's value. */
function applyToRest(keyword: string, rest: readonly string[], want: unknown, call: SchemaCall): boolean {
  if (want !== false) return applyToEach(rest, () => want, call)
  for (const key of rest) {
    fail(keyword, call, key)
    if (call.run.faults === undefined) return false
  }
  return rest.length === 0
}

function propertyNames(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  let all = true
  for (const key of listKeys(object, call)) {
    if (fits(want, key, call)) continue
    all = fail('propertyNames', call, key)
    if (call.run.faults === undefined) return false
  }
  return all
}

function dependentSchemas(want: unknown, call: SchemaCall): boolean {
  const object = asObject(call)
  if (object === undefined) return true
  let all = true
  const schemas = want as JsonObject
  call.run.meter.spend(listNames(schemas).length / 8)
  for (const key of listNames(schemas)) {
    if (!Object.hasOwn(object, key)) continue
    if (call.run.apply(schemas[key], object, call.way, call.run, call.evaluated)) continue
    all = false
    if (call.run.faults === undefined) return false
  }
  return all
}

/** Keywords that apply schemas to the contents of an object. */
export const OBJECT_APPLICATORS: readonly [string, Applicator][] = [
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  ['unevaluatedProperties', unevaluatedProperties],
  ['propertyNames', propertyNames],
  ['dependentSchemas', dependentSchemas],
]
