import type { Pointer } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import type { Meter } from './meter.ts'
import type { Resolved } from './resolve.ts'
import type { Seen } from './seen.ts'

/** A keyword that a value does not follow. For keys that are not allowed, the pointer leads to the key. */
export interface Fault {
  keyword: string
  schema: JsonObject
  pointer: Pointer
}

/** Where a value stands: the way to the root, so that no pointer is made before there is a fault. */
export interface Way {
  key: string | number
  up: Way | undefined
}

/** Applies a schema to a value: notes faults where they are asked for, and in `seen` what was looked at. */
export type Apply = (
  schema: unknown,
  value: unknown,
  way: Way | undefined,
  run: Run,
  seen: Seen | undefined,
) => boolean

/** One evaluation. Without `faults`, only whether a value fits is asked for. */
export interface Run {
  apply: Apply
  resolved: Resolved
  meter: Meter
  depth: number
  faults: Fault[] | undefined
}

/** One schema that is applied to one value. */
export interface Call {
  schema: JsonObject
  value: unknown
  way: Way | undefined
  run: Run
  /** What has been looked at inside of the value; only where a schema asks for the rest. */
  seen: Seen | undefined
}

/** Whether a value follows a keyword. An applicator notes its faults itself. */
export type Applicator = (want: unknown, call: Call) => boolean

/** Faults that one evaluation lists. */
const MOST_FAULTS = 200

/** Notes a fault; always false. */
export function fail(keyword: string, { schema, way, run }: Call, key?: string | number): false {
  if (run.faults === undefined || run.faults.length >= MOST_FAULTS) return false
  const pointer: (string | number)[] = key === undefined ? [] : [key]
  for (let at = way; at !== undefined; at = at.up) pointer.push(at.key)
  run.faults.push({ keyword, schema, pointer: pointer.reverse() })
  return false
}

/** Whether a schema fits, without noting why not. */
export function fits(schema: unknown, value: unknown, { way, run }: Call, seen?: Seen): boolean {
  const { faults } = run
  run.faults = undefined
  const answer = run.apply(schema, value, way, run, seen)
  run.faults = faults
  return answer
}
