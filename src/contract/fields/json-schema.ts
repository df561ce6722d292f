import { type Finding, findingMaker, type Pointer } from '../diagnostic.ts'
import type { JsonObject } from '../kind.ts'
import { expand } from '../schemas/in-place.ts'
import { KEYWORDS, SHAPES } from '../schemas/json-schema-keywords.ts'
import { compilePattern, type Pattern } from '../schemas/pattern.ts'
import { resolveSchema } from '../schemas/resolve.ts'
import { FIELD_RULES } from './rules.ts'
import { dotted, quoted } from './shown.ts'

const makeFinding = findingMaker(FIELD_RULES)

/**
 * How many times the schemas inside one schema may be applied in total to check one value; and how many times in a
 * chain to the same value.
 */
const MOST_APPLIED = 100_000
const DEEPEST = 100

/** Total RE2 instructions of all patterns of one schema, and the minimum that is counted for each. */
const MOST_PATTERN_SIZE = 50_000
const LEAST_PATTERN_SIZE = 50

/** Maximum number of findings for one schema; more would add no information. */
const MOST_FINDINGS = 50

/** The state of one walk over a schema: its findings, and every `$ref` with its place. */
interface SchemaFindings {
  file: string
  findings: Finding[]
  more: number
  references: { holder: JsonObject; pointer: Pointer; reference: string }[]
  /** Instructions of the patterns that were visited so far. */
  patterns: number
  /** Whether each pattern is compiled to count its instructions. If not, an upper bound is counted. */
  isExact: boolean
}

/**
 * Reports everything that keeps `schema` from being a JSON Schema of draft 2020-12 with a bounded cost: keywords with
 * values of the wrong shape, patterns that do not run in linear time, references that lead nowhere, out of the schema
 * or in a circle, and schemas whose applications multiply.
 * @param at where the schema is in `file`
 */
export function checkJsonSchema(schema: JsonObject, file: string, at: Pointer, findings: Finding[]): void {
  const quick = walkAll(schema, file, at, false)
  // Few schemas come near the limit; only for those are all patterns compiled.
  const state = quick.patterns > MOST_PATTERN_SIZE ? walkAll(schema, file, at, true) : quick
  if (state.findings.length === 0 && state.patterns > MOST_PATTERN_SIZE)
    tooLarge(state, at, `has patterns of more than ${MOST_PATTERN_SIZE} steps`)
  if (state.findings.length === 0 && state.references.length > 0) checkReferences(schema, at, state)
  if (state.more > 0) wrong(state, at, `has ${state.more} more faults`, true)
  findings.push(...state.findings)
}

function walkAll(schema: JsonObject, file: string, at: Pointer, isExact: boolean): SchemaFindings {
  const state: SchemaFindings = { file, findings: [], more: 0, references: [], patterns: 0, isExact }
  walk(schema, at, state)
  return state
}

function walk(schema: unknown, at: Pointer, state: SchemaFindings): void {
  if (typeof schema === 'boolean') return
  if (!SHAPES.schema.fits(schema)) {
    wrong(state, at, SHAPES.schema.must)
    return
  }
  for (const [keyword, value] of Object.entries(schema as JsonObject)) {
    const shape = KEYWORDS.get(keyword)
    if (shape === undefined) continue
    const pointer = [...at, keyword]
    if (!SHAPES[shape].fits(value)) wrong(state, pointer, SHAPES[shape].must)
    else if (shape === 'schema') walk(value, pointer, state)
    else if (shape === 'schemas')
      for (const [index, entry] of (value as unknown[]).entries()) walk(entry, [...pointer, index], state)
    else if (shape === 'map' || shape === 'patterns')
      for (const [name, entry] of Object.entries(value as JsonObject)) {
        if (shape === 'patterns') checkPattern(name, [...pointer, name], true, state)
        walk(entry, [...pointer, name], state)
      }
    else if (shape === 'pattern') checkPattern(value as string, pointer, false, state)
    else if (shape === 'reference')
      state.references.push({ holder: schema as JsonObject, pointer, reference: value as string })
  }
}

/** After the limit is exceeded, no further pattern is compiled. */
function checkPattern(source: string, pointer: Pointer, key: boolean, state: SchemaFindings): void {
  if (state.patterns > MOST_PATTERN_SIZE) return
  const pattern = compilePattern(source)
  state.patterns += Math.max(LEAST_PATTERN_SIZE, 'cost' in pattern ? estimateSize(pattern, state) : 0)
  if (!('problem' in pattern)) return
  if (pattern.isSyntax) wrong(state, pointer, pattern.problem, false, key)
  else
    push(
      state,
      'NOFX_JSON_SCHEMA_PATTERN',
      pointer,
      `${dotted(pointer)} ${pattern.problem}`,
      PATTERN_HINT,
      key,
    )
}

function estimateSize(pattern: Pattern, { isExact }: SchemaFindings): number {
  return Math.max(pattern.cost, isExact ? pattern.size : pattern.most)
}

const PATTERN_HINT =
  'write it without look-around, back references and large repeats; maxLength and enum limit a text too'

function wrong(state: SchemaFindings, pointer: Pointer, must: string, always = false, key = false): void {
  push(
    state,
    'NOFX_JSON_SCHEMA',
    pointer,
    `${dotted(pointer)} ${must}`,
    'follow JSON Schema 2020-12 (https://json-schema.org/draft/2020-12)',
    key,
    always,
  )
}

function push(
  state: SchemaFindings,
  rule: keyof typeof FIELD_RULES,
  pointer: Pointer,
  message: string,
  hint: string,
  key = false,
  always = false,
): void {
  if (state.findings.length >= MOST_FINDINGS && !always) state.more += 1
  else
    state.findings.push(
      makeFinding(rule, { file: state.file, pointer, ...(key ? { key } : {}) }, message, hint),
    )
}

function tooLarge(state: SchemaFindings, pointer: Pointer, problem: string): void {
  push(
    state,
    'NOFX_JSON_SCHEMA_SIZE',
    pointer,
    `${dotted(pointer)} ${problem}`,
    'divide the schema, or refer to each part once',
  )
}

function checkReferences(schema: JsonObject, at: Pointer, state: SchemaFindings): void {
  const resolved = resolveSchema(schema)
  const faulty = new Map(resolved.unresolved.map(({ holder, problem }) => [holder, problem]))
  for (const [, problem] of faulty) if (problem !== '') wrong(state, at, `does not compile: ${problem}`)
  if (state.findings.length > 0) return
  const { circular, steps, depth } = expand(resolved)
  for (const { holder, pointer, reference } of state.references) {
    if (resolved.targets.has(holder)) {
      if (circular.has(holder) && circular.has(resolved.targets.get(holder) as JsonObject))
        wrong(state, pointer, `${quoted(reference)} leads back to itself`)
    } else if (reference.startsWith('#')) wrong(state, pointer, `${quoted(reference)} leads nowhere`)
    else remote(state, pointer, reference)
  }
  if (state.findings.length > 0) return
  if (steps > MOST_APPLIED)
    tooLarge(state, at, `expands to more than ${MOST_APPLIED} schemas once its references are followed`)
  else if (depth > DEEPEST) tooLarge(state, at, `follows more than ${DEEPEST} schemas one after the other`)
}

function remote(state: SchemaFindings, pointer: Pointer, reference: string): void {
  push(
    state,
    'NOFX_JSON_SCHEMA_REMOTE',
    pointer,
    `${dotted(pointer)} ${quoted(reference)} is outside of this schema`,
    'copy what it names under "$defs" and refer to it as "#/$defs/<name>"',
  )
}
