import { dereference } from '@cfworker/json-schema'
import { type Finding, type Pointer, reporter } from '../../diagnostic.ts'
import type { JsonObject } from '../../kind.ts'
import { KEYWORDS, SHAPES } from './json-schema-keywords.ts'
import { FIELD_RULES } from './rules.ts'
import { dotted, quoted } from './shown.ts'

const report = reporter(FIELD_RULES)

/** Where every `$ref` of a schema stands, and whether anything names a base for them. */
interface Found {
  file: string
  findings: Finding[]
  references: { pointer: Pointer; reference: string }[]
}

/**
 * Reports everything that keeps `schema` from being a JSON Schema of draft 2020-12 that compiles: keywords with
 * values of the wrong shape, patterns that are no regular expression, references that lead nowhere, outside or in a
 * circle.
 * @param at where the schema stands in `file`
 */
export function checkJsonSchema(schema: JsonObject, file: string, at: Pointer, findings: Finding[]): void {
  const found: Found = { file, findings: [], references: [] }
  walk(schema, at, found)
  if (found.findings.length === 0 && found.references.length > 0) checkReferences(schema, at, found)
  findings.push(...found.findings)
}

function walk(schema: unknown, at: Pointer, found: Found): void {
  if (typeof schema === 'boolean') return
  if (!SHAPES.schema.fits(schema)) {
    wrong(found, at, SHAPES.schema.must)
    return
  }
  for (const [keyword, value] of Object.entries(schema as JsonObject)) {
    const shape = KEYWORDS.get(keyword)
    if (shape === undefined) continue
    const pointer = [...at, keyword]
    if (!SHAPES[shape].fits(value)) wrong(found, pointer, SHAPES[shape].must)
    else if (shape === 'schema') walk(value, pointer, found)
    else if (shape === 'schemas')
      for (const [index, entry] of (value as unknown[]).entries()) walk(entry, [...pointer, index], found)
    else if (shape === 'map' || shape === 'patterns')
      for (const [name, entry] of Object.entries(value as JsonObject)) walk(entry, [...pointer, name], found)
    else if (shape === 'reference') found.references.push({ pointer, reference: value as string })
  }
}

function wrong(found: Found, pointer: Pointer, must: string): void {
  found.findings.push(
    report(
      'NOFX_JSON_SCHEMA',
      { file: found.file, pointer },
      `${dotted(pointer)} ${must}`,
      'follow JSON Schema 2020-12 (https://json-schema.org/draft/2020-12)',
    ),
  )
}

/** A schema after `dereference`, which notes the absolute form of each reference beside it. */
type Resolved = JsonObject & { __absolute_ref__?: string }

function checkReferences(schema: JsonObject, at: Pointer, found: Found): void {
  // `dereference` writes into what it is given.
  const copy = structuredClone(schema) as Resolved
  let targets: Record<string, unknown>
  try {
    targets = dereference(copy)
  } catch (error) {
    wrong(found, at, `does not compile: ${error instanceof Error ? error.message : String(error)}`)
    return
  }
  for (const { pointer, reference } of found.references) {
    const holder = follow(copy, pointer.slice(at.length, -1))
    const absolute = holder?.__absolute_ref__
    if (holder !== undefined && absolute !== undefined && Object.hasOwn(targets, absolute)) {
      if (isCircle(targets, holder)) wrong(found, pointer, `${quoted(reference)} leads back to itself`)
    } else if (reference.startsWith('#')) wrong(found, pointer, `${quoted(reference)} leads nowhere`)
    else remote(found, pointer, reference)
  }
}

function follow(schema: Resolved, path: Pointer): Resolved | undefined {
  let value: unknown = schema
  for (const part of path) value = (value as Record<string | number, unknown> | undefined)?.[part]
  return value as Resolved | undefined
}

const IN_PLACE_LISTS = ['allOf', 'anyOf', 'oneOf'] as const
const IN_PLACE = ['not', 'if', 'then', 'else'] as const

/** Schemas that apply to the very value that `schema` applies to. */
function inPlace(schema: Resolved, targets: Record<string, unknown>): unknown[] {
  const next: unknown[] = IN_PLACE.map((keyword) => schema[keyword])
  for (const keyword of IN_PLACE_LISTS) next.push(...((schema[keyword] as unknown[] | undefined) ?? []))
  if (schema.__absolute_ref__ !== undefined) next.push(targets[schema.__absolute_ref__])
  return next
}

/** True when `schema` applies itself to the same value again, so that validation would never end. */
function isCircle(targets: Record<string, unknown>, start: Resolved): boolean {
  const seen = new Set<unknown>()
  const open: unknown[] = inPlace(start, targets)
  for (let schema = open.pop(); open.length > 0 || schema !== undefined; schema = open.pop()) {
    if (schema === start) return true
    if (typeof schema !== 'object' || schema === null || seen.has(schema)) continue
    seen.add(schema)
    open.push(...inPlace(schema as Resolved, targets))
  }
  return false
}

function remote(found: Found, pointer: Pointer, reference: string): void {
  found.findings.push(
    report(
      'NOFX_JSON_SCHEMA_REMOTE',
      { file: found.file, pointer },
      `${dotted(pointer)} ${quoted(reference)} is outside of this schema`,
      'copy what it names under "$defs" and refer to it as "#/$defs/<name>"',
    ),
  )
}
