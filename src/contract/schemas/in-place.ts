import type { JsonObject } from '../kind.ts'
import { listChildren, type Resolved } from './resolve.ts'

const ONE = ['not', 'if', 'then', 'else'] as const
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const

/** Schemas that apply to the same value as `schema`. */
export function inPlace(schema: JsonObject, { targets }: Resolved): JsonObject[] {
  const next: unknown[] = ONE.map((keyword) => schema[keyword])
  for (const keyword of LISTS) for (const one of (schema[keyword] ?? []) as unknown[]) next.push(one)
  for (const one of Object.values((schema.dependentSchemas ?? {}) as object)) next.push(one)
  next.push(targets.get(schema))
  return next.filter((one): one is JsonObject => typeof one === 'object' && one !== null)
}

/** How many schemas are applied to one value, and the schemas that apply themselves again without end. */
export interface Expansion {
  circular: ReadonlySet<JsonObject>
  /** Total number of applications, each of one schema to one value. */
  steps: number
  /** The longest chain of schemas that apply to the same value. */
  depth: number
}

interface Visit {
  schema: JsonObject
  next: JsonObject[]
  at: number
}

interface Search {
  resolved: Resolved
  order: Map<JsonObject, number>
  low: Map<JsonObject, number>
  stack: JsonObject[]
  onStack: Set<JsonObject>
  circular: Set<JsonObject>
  steps: Map<JsonObject, number>
  depth: Map<JsonObject, number>
}

/**
 * Adds up the schemas that are applied to one value, references included, and finds circles with Tarjan's algorithm
 * for strongly connected components; each schema and each reference is visited once. A component is completed after
 * everything that it leads to, so their sums are known by then.
 */
export function expand(resolved: Resolved): Expansion {
  const search: Search = {
    resolved,
    order: new Map(),
    low: new Map(),
    stack: [],
    onStack: new Set(),
    circular: new Set(),
    steps: new Map(),
    depth: new Map(),
  }
  for (const schema of resolved.schemas) if (!search.order.has(schema)) explore(schema, search)
  let total = 0
  for (const schema of applied(resolved)) total += search.steps.get(schema) ?? 0
  let depth = 0
  for (const one of search.depth.values()) depth = Math.max(depth, one)
  return { circular: search.circular, steps: total, depth }
}

/** The root, and each schema that applies to something inside the value. */
function applied(resolved: Resolved): Set<JsonObject> {
  const schemas = new Set([resolved.root])
  for (const schema of resolved.schemas) {
    const here = new Set<unknown>(inPlace(schema, resolved))
    for (const child of listChildren({ ...schema, $defs: undefined, definitions: undefined }))
      if (typeof child === 'object' && child !== null && !here.has(child)) schemas.add(child as JsonObject)
  }
  return schemas
}

function explore(start: JsonObject, search: Search): void {
  const open = [begin(start, search)]
  for (let visit = open.at(-1); visit !== undefined; visit = open.at(-1)) {
    const { schema } = visit
    const next = visit.next[visit.at++]
    if (next === undefined) {
      open.pop()
      leave(schema, visit.next, search)
      const before = open.at(-1)?.schema
      if (before !== undefined) lower(before, search.low.get(schema), search)
    } else if (!search.order.has(next)) open.push(begin(next, search))
    else if (search.onStack.has(next)) lower(schema, search.order.get(next), search)
  }
}

function begin(schema: JsonObject, search: Search): Visit {
  const order = search.order.size
  search.order.set(schema, order)
  search.low.set(schema, order)
  search.stack.push(schema)
  search.onStack.add(schema)
  return { schema, next: inPlace(schema, search.resolved), at: 0 }
}

function lower(schema: JsonObject, to: number | undefined, { low }: Search): void {
  low.set(schema, Math.min(low.get(schema) ?? 0, to ?? 0))
}

function leave(schema: JsonObject, next: readonly JsonObject[], search: Search): void {
  let [steps, depth] = [1, 0]
  for (const one of next) {
    steps += search.steps.get(one) ?? 0
    depth = Math.max(depth, search.depth.get(one) ?? 0)
  }
  search.steps.set(schema, steps)
  search.depth.set(schema, depth + 1)
  if (search.low.get(schema) !== search.order.get(schema)) return
  const component: JsonObject[] = []
  for (let one = search.stack.pop(); one !== undefined; one = search.stack.pop()) {
    search.onStack.delete(one)
    component.push(one)
    if (one === schema) break
  }
  if (component.length > 1 || next.includes(schema)) for (const one of component) search.circular.add(one)
}
