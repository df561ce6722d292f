import type { Pointer } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import type { Meter } from './meter.ts'
import type { Resolved } from './resolve.ts'
import type { EvaluatedParts } from './seen.ts'

/** A keyword that a value does not satisfy. For a key that is not allowed, the pointer leads to the key. */
export interface Fault {
  keyword: string
  schema: JsonObject
  pointer: Pointer
}

/** The position of a value as a linked list up to the root, so that a pointer is built only for a fault. */
export interface Way {
  key: string | number
  up: Way | undefined
}

/**
 * Applies a schema to a value. Adds faults if they are collected, and adds to `evaluated` the keys and entries that were
 * evaluated.
 */
export type Apply = (
  schema: unknown,
  value: unknown,
  way: Way | undefined,
  run: SchemaRun,
  evaluated: EvaluatedParts | undefined,
) => boolean

/** One evaluation. Without `faults`, it only decides whether a value fits. */
export interface SchemaRun {
  apply: Apply
  resolved: Resolved
  meter: Meter
  depth: number
  faults: Fault[] | undefined
}

/** One application of a schema to a value. */
export interface SchemaCall {
  schema: JsonObject
  value: unknown
  way: Way | undefined
  run: SchemaRun
  /** The evaluated keys and entries of the value; present only if a schema depends on the unevaluated ones. */
  evaluated: EvaluatedParts | undefined
}

/** Whether a value satisfies a keyword. An applicator adds its faults itself. */
export type Applicator = (want: unknown, call: SchemaCall) => boolean

/** Maximum number of faults that one evaluation lists. */
const MOST_FAULTS = 200

/** Adds a fault. Always returns false. */
export function fail(keyword: string, { schema, way, run }: SchemaCall, key?: string | number): false {
  if (run.faults === undefined || run.faults.length >= MOST_FAULTS) return false
  const pointer: (string | number)[] = key === undefined ? [] : [key]
  for (let at = way; at !== undefined; at = at.up) pointer.push(at.key)
  run.faults.push({ keyword, schema, pointer: pointer.reverse() })
  return false
}

/** Whether a value fits a schema; adds no faults. */
export function fits(
  schema: unknown,
  value: unknown,
  { way, run }: SchemaCall,
  evaluated?: EvaluatedParts,
): boolean {
  const { faults } = run
  run.faults = undefined
  const answer = run.apply(schema, value, way, run, evaluated)
  run.faults = faults
  return answer
}
