import type { JsonObject } from '../../../contract/kind.ts'
import { type Meter, OverBudget } from '../../../contract/schemas/meter.ts'
import type { CompiledParameters } from './compile.ts'

/** A schema that applies to a value. */
interface Applied {
  schema: JsonObject
  /** The targets of `$ref`s on the way here. No target is entered twice, so that a recursive schema ends. */
  within: readonly unknown[]
}

interface DefaultFilling {
  targets: ReadonlyMap<object, unknown>
  meter: Meter
  /** How many more defaults may be filled in. */
  room: number
}

/**
 * Maximum number of defaults for one set of parameters, because schemas that refer to each other multiply their
 * defaults.
 */
export const MOST_DEFAULTS = 10_000

/**
 * A copy of values with defaults for absent ones, at every depth that `properties`, `items` and `$ref` reach. A
 * second call changes nothing.
 * @returns 'too many' for more defaults than `MOST_DEFAULTS`, undefined if the meter has run out
 */
export function fillDefaults(
  { schema: { root, targets } }: CompiledParameters,
  values: JsonObject,
  meter: Meter,
): JsonObject | 'too many' | undefined {
  const filling: DefaultFilling = { targets, meter, room: MOST_DEFAULTS }
  try {
    const filled = fill(values, apply(root, [], filling), filling) as JsonObject
    return filling.room < 0 ? 'too many' : filled
  } catch (error) {
    if (error instanceof OverBudget) return undefined
    throw error
  }
}

function fill(value: unknown, applied: readonly Applied[], filling: DefaultFilling): unknown {
  filling.meter.spend(1 / 8)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const toItems = inside(applied, (schema) => schema.items, filling)
    return value.map((item) => fill(item, toItems, filling))
  }
  const copy: JsonObject = {}
  for (const key of collectKeys(value as JsonObject, applied)) {
    const toKey = inside(applied, ({ properties }) => own(properties, key), filling)
    const ownValue = Object.hasOwn(value, key) ? (value as JsonObject)[key] : findDefault(toKey, filling)
    if (ownValue !== undefined) put(copy, key, fill(ownValue, toKey, filling))
  }
  return copy
}

/** Keys of the value in their order, then declared keys. */
function collectKeys(value: JsonObject, applied: readonly Applied[]): Iterable<string> {
  const keys = new Set(Object.keys(value))
  for (const { schema } of applied)
    for (const key of Object.keys((schema.properties ?? {}) as JsonObject)) keys.add(key)
  return keys
}

function findDefault(applied: readonly Applied[], filling: DefaultFilling): unknown {
  const schemaWithDefault = applied.find(({ schema }) => schema.default !== undefined)
  if (schemaWithDefault === undefined || filling.room-- <= 0) return undefined
  return schemaWithDefault.schema.default
}

/** The schemas that apply to something inside a value, without repetitions however many ways lead to a schema. */
function inside(
  applied: readonly Applied[],
  next: (schema: JsonObject) => unknown,
  filling: DefaultFilling,
): Applied[] {
  const all = applied.flatMap(({ schema, within }) => apply(next(schema), within, filling))
  const visited = new Set<unknown>()
  return all.length < 2 ? all : all.filter(({ schema }) => !visited.has(schema) && visited.add(schema))
}

/** A schema and the targets of its `$ref`s. */
function apply(schema: unknown, within: readonly unknown[], { targets, meter }: DefaultFilling): Applied[] {
  const applied: Applied[] = []
  let one = schema
  let way = within
  while (typeof one === 'object' && one !== null) {
    meter.spend((1 + way.length) / 8)
    applied.push({ schema: one as JsonObject, within: way })
    one = targets.get(one)
    if (one === undefined || way.includes(one)) break
    way = [...way, one]
  }
  return applied
}

function own(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as JsonObject)[key]
    : undefined
}

/** Defines an own property whatever its name: `copy.__proto__ = …` would set the prototype. */
function put(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
