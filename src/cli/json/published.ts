import * as z from 'zod'
import { ANSWERS, anyAnswer, failure } from './answer.ts'
import { DATA } from './commands.ts'
import { datedRevision, head, revisionSummary } from './definitions.ts'
import * as parts from './parts.ts'
import { plan } from './plans.ts'
import { move, releasedData, result } from './releases.ts'

/** Shapes that several documents contain, by their names in the published schema. */
const SHARED = {
  Commit: parts.commit,
  DatedRevision: datedRevision,
  Diff: parts.diff,
  Digest: parts.digest,
  Failure: failure,
  Finding: parts.diagnostic,
  Head: head,
  Hold: parts.hold,
  Move: move,
  Plan: plan,
  Released: releasedData,
  Result: result,
  Revision: revisionSummary,
  Risk: parts.risk,
  Switch: parts.operatorSwitch,
  Time: parts.time,
}

export const SCHEMA_URL = 'https://unpkg.com/nofx/docs/schema/cli.json'

/** The key of a command in `$defs`: `registry-list`. */
export const keyOf = (name: string) => name.replaceAll(' ', '-')

/**
 * The JSON Schema (draft 2020-12) of what commands print with `--json`. The schema itself describes the document of
 * every command; `#/$defs/registry-list` describes that of `nofx registry list`, and `registry-list.data` its result.
 */
export function publishedSchema(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>()
  for (const [id, shape] of Object.entries(SHARED)) registry.add(shape, { id })
  for (const [name, shape] of Object.entries(DATA))
    if (!registry.has(shape)) registry.add(shape, { id: `${keyOf(name)}.data` })
  for (const [name, shape] of ANSWERS) registry.add(shape, { id: keyOf(name) })
  registry.add(anyAnswer, { id: 'any' })
  const options = { io: 'output', target: 'draft-2020-12', uri: (id: string) => `#/$defs/${id}` } as const
  const { schemas } = z.toJSONSchema(registry, options)
  const $defs = Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: SCHEMA_URL,
    title: 'What NOFX commands print with --json',
    $ref: '#/$defs/any',
    $defs,
  }
}

/** The fields of the `data` of each command, for the reference in docs/json.md. */
export function listFields(name: keyof typeof DATA): string[][] {
  const shape = DATA[name] as z.ZodType
  const options = shape instanceof z.ZodUnion ? shape.options : [shape]
  return options.map((option) => Object.entries((option as z.ZodObject).shape).map(fieldName))
}

function fieldName([name, shape]: [string, z.core.$ZodType]): string {
  return shape instanceof z.ZodOptional ? `${name}?` : name
}
