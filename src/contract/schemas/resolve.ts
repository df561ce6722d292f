import { isObject } from '../is-object.ts'
import type { JsonObject } from '../kind.ts'
import { KEYWORDS } from './json-schema-keywords.ts'

/** A schema whose `$ref` or `$id` cannot be used, and the reason. */
export interface Unresolved {
  holder: JsonObject
  problem: string
}

/** A JSON Schema with its references resolved, computed once for each schema. */
export interface Resolved {
  root: JsonObject
  /** The target of each `$ref`, by the schema that contains it. */
  targets: ReadonlyMap<object, unknown>
  /** Every schema in the document, the root first. */
  schemas: readonly JsonObject[]
  /** Whether a keyword depends on what other keywords left unevaluated. */
  tracks: boolean
  unresolved: readonly Unresolved[]
}

const resolved = new WeakMap<JsonObject, Resolved>()

/**
 * Resolves the references of a schema to other places in the same document; nothing is ever fetched. Never throws.
 */
export function resolveSchema(root: JsonObject): Resolved {
  let cached = resolved.get(root)
  if (cached === undefined) {
    cached = resolve(root)
    resolved.set(root, cached)
  }
  return cached
}

/** The base address of a schema without an `$id`. No outside reference leads there. */
const BASE = 'https://schema.invalid/'

interface SchemaIndex {
  schemas: { schema: JsonObject; base: string }[]
  places: Map<string, JsonObject>
  unresolved: Unresolved[]
}

function resolve(root: JsonObject): Resolved {
  const schemas = subschemas(root)
  const tracks = schemas.some(
    (one) => one.unevaluatedProperties !== undefined || one.unevaluatedItems !== undefined,
  )
  const targets = new Map<object, unknown>()
  if (!schemas.some(({ $ref }) => $ref !== undefined))
    return { root, targets, schemas, tracks, unresolved: [] }
  const index: SchemaIndex = { schemas: [], places: new Map(), unresolved: [] }
  enter(root, BASE, index)
  for (const { schema, base } of index.schemas) {
    if (typeof schema.$ref !== 'string') continue
    const target = follow(schema.$ref, base, index)
    if (target === undefined) index.unresolved.push({ holder: schema, problem: '' })
    else targets.set(schema, target)
  }
  return { root, targets, schemas, tracks, unresolved: index.unresolved }
}

/** A schema and all schemas below it, in the order of the text. */
export function subschemas(root: unknown): JsonObject[] {
  const schemas: JsonObject[] = []
  const open: unknown[] = [root]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (!isObject(one)) continue
    schemas.push(one)
    open.push(...listChildren(one).reverse())
  }
  return schemas
}

/** The schemas directly inside a schema. */
export function listChildren(schema: JsonObject): unknown[] {
  const children: unknown[] = []
  for (const keyword of Object.keys(schema)) {
    const shape = KEYWORDS.get(keyword)
    const value = schema[keyword]
    if (shape === 'schema') children.push(value)
    else if (shape === 'schemas' || shape === 'map' || shape === 'patterns')
      for (const one of Object.values((value ?? {}) as object)) children.push(one)
  }
  return children
}

/** Records the address of a schema and of all schemas inside it. */
function enter(root: JsonObject, address: string, index: SchemaIndex): void {
  index.places.set(address, root)
  const open = [{ schema: root, base: address }]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const base = note(one.schema, one.base, index)
    index.schemas.push({ schema: one.schema, base })
    for (const schema of listChildren(one.schema)) if (isObject(schema)) open.push({ schema, base })
  }
}

function note(schema: JsonObject, base: string, index: SchemaIndex): string {
  let own = base
  if (typeof schema.$id === 'string') {
    const address = parseAddress(schema.$id, base)?.[0]
    if (address === undefined) index.unresolved.push({ holder: schema, problem: `"$id" is not a URI` })
    else own = put(address, schema, index)
  }
  if (typeof schema.$anchor === 'string') put(`${own}#${schema.$anchor}`, schema, index)
  return own
}

function put(address: string, schema: JsonObject, index: SchemaIndex): string {
  const there = index.places.get(address)
  if (there !== undefined && there !== schema)
    index.unresolved.push({ holder: schema, problem: 'has the address of another schema' })
  index.places.set(address, schema)
  return address
}

function parseAddress(reference: string, base: string): [address: string, fragment: string] | undefined {
  try {
    const url = new URL(reference, base)
    const fragment = decodeURIComponent(url.hash.slice(1))
    url.hash = ''
    return [url.href, fragment]
  } catch {
    return undefined
  }
}

function follow(reference: string, base: string, { places }: SchemaIndex): unknown {
  const [address, fragment = ''] = parseAddress(reference, base) ?? []
  if (address === undefined) return undefined
  if (fragment !== '' && !fragment.startsWith('/')) return places.get(`${address}#${fragment}`)
  return below(places.get(address), fragment.split('/').slice(1))
}

/** The schema at a JSON Pointer; undefined if the pointer leads to a value that is not a schema. */
function below(root: JsonObject | undefined, path: readonly string[]): unknown {
  let at: unknown = root
  let state: 'schema' | 'map' = 'schema'
  for (const part of path) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as JsonObject)[key]
    if (state === 'map') state = 'schema'
    else {
      const shape = KEYWORDS.get(key)
      if (shape === undefined || !HOLDERS.has(shape)) return undefined
      state = shape === 'schema' ? 'schema' : 'map'
    }
  }
  return state === 'schema' ? at : undefined
}

const HOLDERS = new Set(['schema', 'schemas', 'map', 'patterns'])
