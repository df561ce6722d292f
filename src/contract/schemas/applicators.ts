import type { JsonObject } from '../kind.ts'
import { OBJECT_APPLICATORS } from './object-applicators.ts'
import { type Applicator, fail, fits, type SchemaCall } from './run.ts'
import { type EvaluatedParts, nothingSeen, see } from './seen.ts'

/** Applies a schema to the same value; keys that it evaluates count as evaluated by the caller's schema too. */
function here(schema: unknown, { value, way, run, evaluated }: SchemaCall): boolean {
  return run.apply(schema, value, way, run, evaluated)
}

function checkAll(want: unknown, call: SchemaCall): boolean {
  let all = true
  for (const schema of want as unknown[]) {
    if (here(schema, call)) continue
    all = false
    if (call.run.faults === undefined) return false
  }
  return all
}

/** The number of branches that fit, counting no further than needed: all of them if evaluated keys are tracked. */
function countForms(want: unknown, call: SchemaCall, most: number): number {
  let count = 0
  for (const schema of want as unknown[]) {
    const evaluated = call.evaluated === undefined ? undefined : nothingSeen()
    if (!fits(schema, call.value, call, evaluated)) continue
    count += 1
    if (evaluated !== undefined && call.evaluated !== undefined)
      see(call.evaluated, evaluated, call.run.meter)
    if (count >= most && call.evaluated === undefined) break
  }
  return count
}

function condition(want: unknown, call: SchemaCall): boolean {
  const evaluated: EvaluatedParts | undefined = call.evaluated === undefined ? undefined : nothingSeen()
  if (!fits(want, call.value, call, evaluated)) return here(call.schema.else, call)
  if (evaluated !== undefined && call.evaluated !== undefined) see(call.evaluated, evaluated, call.run.meter)
  return here(call.schema.then, call)
}

function prefixItems(want: unknown, { value, way, run, evaluated }: SchemaCall): boolean {
  if (!Array.isArray(value)) return true
  let all = true
  for (const [index, schema] of (want as unknown[]).slice(0, value.length).entries()) {
    if (run.apply(schema, value[index], { key: index, up: way }, run, undefined)) evaluated?.items.add(index)
    else {
      all = false
      if (run.faults === undefined) return false
    }
  }
  return all
}

function itemsFrom(start: number, want: unknown, { value, way, run, evaluated }: SchemaCall): boolean {
  if (!Array.isArray(value)) return true
  let all = true
  for (let index = start; index < value.length; index++) {
    if (run.apply(want, value[index], { key: index, up: way }, run, undefined)) evaluated?.items.add(index)
    else {
      all = false
      if (run.faults === undefined) return false
    }
  }
  return all
}

function contains(want: unknown, call: SchemaCall): boolean {
  const { value, schema } = call
  if (!Array.isArray(value)) return true
  const { minContains = 1, maxContains = Number.POSITIVE_INFINITY } = schema
  let count = 0
  for (const [index, item] of value.entries()) {
    if (!fits(want, item, call)) continue
    count += 1
    call.evaluated?.items.add(index)
  }
  if (count < Number(minContains))
    return fail(schema.minContains === undefined ? 'contains' : 'minContains', call)
  return count <= Number(maxContains) || fail('maxContains', call)
}

function unevaluatedItems(want: unknown, call: SchemaCall): boolean {
  const { value, way, run, evaluated } = call
  if (!Array.isArray(value)) return true
  run.meter.spend(value.length / 8)
  let all = true
  for (const [index, item] of value.entries()) {
    if (evaluated?.items.has(index)) continue
    if (run.apply(want, item, { key: index, up: way }, run, undefined)) evaluated?.items.add(index)
    else all = false
  }
  return all
}

/** Keywords that apply other schemas. */
export const APPLICATORS: ReadonlyMap<string, Applicator> = new Map<string, Applicator>([
  ['$ref', (_want, call) => here(call.run.resolved.targets.get(call.schema) ?? false, call)],
  ['allOf', checkAll],
  ['anyOf', (want, call) => countForms(want, call, 1) > 0 || fail('anyOf', call)],
  ['oneOf', (want, call) => countForms(want, call, 2) === 1 || fail('oneOf', call)],
  ['not', (want, call) => !fits(want, call.value, call) || fail('not', call)],
  ['if', condition],
  ['prefixItems', prefixItems],
  ['items', (want, call) => itemsFrom(countPrefix(call.schema), want, call)],
  ['contains', contains],
  ['unevaluatedItems', unevaluatedItems],
  ...OBJECT_APPLICATORS,
])

function countPrefix({ prefixItems: first }: JsonObject): number {
  return Array.isArray(first) ? first.length : 0
}
