import type { JsonObject } from '../../../core/kind.ts'
import type { CompiledParameters } from './compile.ts'

/** A schema as `dereference` left it. */
type Resolved = JsonObject & { __absolute_ref__?: string }

/** A schema that applies to a value. */
interface Applied {
  schema: Resolved
  /** What `$ref`s led to on the way here: none is entered twice, so that a form that holds itself comes to an end. */
  within: readonly unknown[]
}

interface Filling {
  targets: Record<string, unknown>
  empty: () => JsonObject
  /** How many more defaults may be filled in. */
  room: number
}

/** Defaults that one set of parameters takes at most: forms that refer to each other multiply theirs. */
export const MOST_DEFAULTS = 10_000

/**
 * A copy of values with the defaults of what is absent, at every depth that `properties`, `items` and `$ref` lead to.
 * Doing it twice gives the same. Undefined when there are more than `MOST_DEFAULTS`.
 * @param empty makes the objects of the copy
 */
export function fillDefaults(
  { schema, targets }: CompiledParameters,
  values: JsonObject,
  empty: () => JsonObject,
): JsonObject | undefined {
  const filling = { targets, empty, room: MOST_DEFAULTS }
  const filled = fill(values, apply(schema, [], targets), filling) as JsonObject
  return filling.room < 0 ? undefined : filled
}

function fill(value: unknown, applied: readonly Applied[], filling: Filling): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const toItems = inside(applied, (schema) => schema.items, filling)
    return value.map((item) => fill(item, toItems, filling))
  }
  const copy = filling.empty()
  for (const key of keysOf(value as JsonObject, applied)) {
    const toKey = inside(applied, ({ properties }) => own(properties, key), filling)
    const given = Object.hasOwn(value, key) ? (value as JsonObject)[key] : defaultOf(toKey, filling)
    if (given !== undefined) put(copy, key, fill(given, toKey, filling))
  }
  return copy
}

/** Given keys in their order, then declared ones. */
function keysOf(value: JsonObject, applied: readonly Applied[]): Iterable<string> {
  const keys = new Set(Object.keys(value))
  for (const { schema } of applied)
    for (const key of Object.keys((schema.properties ?? {}) as JsonObject)) keys.add(key)
  return keys
}

function defaultOf(applied: readonly Applied[], filling: Filling): unknown {
  const found = applied.find(({ schema }) => schema.default !== undefined)
  if (found === undefined || filling.room-- <= 0) return undefined
  return found.schema.default
}

/** The schemas that apply to something inside of a value, each but once however many ways lead to it. */
function inside(
  applied: readonly Applied[],
  next: (schema: Resolved) => unknown,
  { targets }: Filling,
): Applied[] {
  const all = applied.flatMap(({ schema, within }) => apply(next(schema), within, targets))
  const seen = new Set<unknown>()
  return all.length < 2 ? all : all.filter(({ schema }) => !seen.has(schema) && seen.add(schema))
}

/** A schema and those that its `$ref`s lead to. */
function apply(schema: unknown, within: readonly unknown[], targets: Record<string, unknown>): Applied[] {
  const applied: Applied[] = []
  let one = schema
  let way = within
  while (typeof one === 'object' && one !== null) {
    const resolved = one as Resolved
    applied.push({ schema: resolved, within: way })
    one = resolved.__absolute_ref__ === undefined ? undefined : targets[resolved.__absolute_ref__]
    if (way.includes(one)) break
    way = [...way, one]
  }
  return applied
}

function own(object: unknown, key: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, key)
    ? (object as JsonObject)[key]
    : undefined
}

/** Sets an own property whatever its name: `copy.__proto__ = …` would set something else. */
function put(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
