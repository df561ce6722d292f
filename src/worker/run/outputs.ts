import { readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { JsonObject } from '../../contract/kind.ts'
import { walkValues } from '../../contract/manifest/json-values.ts'
import { evaluate } from '../../contract/schemas/evaluate.ts'
import { Meter } from '../../contract/schemas/meter.ts'
import { resolveSchema } from '../../contract/schemas/resolve.ts'
import type { Fault } from '../../contract/schemas/run.ts'
import type { InstanceDocument } from '../../plugins/templates/instantiate/document.ts'

export type Outputs = Record<string, unknown>
type Expected = InstanceDocument['expectedOutputs'][number]

/** The most bytes of outputs that an attempt may give. */
export const OUTPUT_BYTES = 1024 * 1024

/** The most levels of nesting in outputs: deeper values could be read but not written again. */
const OUTPUT_DEPTH = 100

/** The outputs of a step, or why they cannot be used. */
export type ReadOutputs = { outputs: Outputs } | { problem: string }

/** Reads the JSON object that a runner wrote; a missing file means no outputs. */
export function readOutputFile(path: string): ReadOutputs {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return { outputs: {} }
  if (!stats.isFile()) return { problem: 'its output file is not a file' }
  if (stats.size > OUTPUT_BYTES) return { problem: `its output file has more than ${OUTPUT_BYTES} bytes` }
  const text = readFileSync(path, 'utf8')
  if (text.trim() === '') return { outputs: {} }
  return parseObject(text) ?? { problem: 'its output file does not hold a JSON object' }
}

/**
 * Reads a runner's stdout: a JSON object is outputs by name; any other text is the value of the step's output when it
 * has exactly one. `names` are the outputs of the step that the plan mentions.
 */
export function readStdout(stdout: Buffer, dropped: number, names: readonly string[]): ReadOutputs {
  const text = stdout.toString('utf8').trim()
  const object = dropped > 0 ? undefined : parseObject(text)
  if (object) return object
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return { outputs: text === '' ? {} : { [only]: text } }
  if (only === undefined || text === '') return { outputs: {} }
  return { problem: `it printed text, and the step has the outputs ${names.join(', ')}` }
}

function parseObject(text: string): ReadOutputs | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const isDeep = walkValues(value, OUTPUT_DEPTH, false).bad.some(({ problem }) => problem === 'depth')
  if (isDeep) return { problem: `its outputs have more than ${OUTPUT_DEPTH} levels` }
  // Returned as parsed: a copy made by assignment would lose a key such as `__proto__`.
  return { outputs: value as Outputs }
}

/**
 * Compares outputs with those that the template expects of the step. Files that a run keeps at a fixed path need not be
 * named.
 * @returns the outputs with those paths, or the first problem
 */
export function checkOutputs(outputs: Outputs, expected: readonly Expected[], workdir: string): ReadOutputs {
  const complete = { ...outputs }
  for (const one of expected) {
    const { id, type, path, required } = one
    const isGiven = Object.hasOwn(outputs, id) && outputs[id] !== null
    if (!isGiven && type === 'file' && path !== undefined && isFileIn(workdir, path)) complete[id] = path
    else if (isGiven || required) {
      const problem = isGiven ? findProblem(one, outputs[id], workdir) : 'is missing'
      if (problem !== undefined) return { problem: `its output ${id} ${problem}` }
    }
  }
  return { outputs: complete }
}

function findProblem({ type, schema }: Expected, value: unknown, workdir: string): string | undefined {
  if (type === 'json') return schema === undefined ? undefined : schemaProblem(schema, value)
  if (typeof value !== 'string') return `must be ${type === 'text' ? 'a text' : `a text that is a ${type}`}`
  if (type === 'file')
    return isFileIn(workdir, value) ? undefined : 'does not name a file in the working folder'
  if (type === 'url') return isUrl(value) ? undefined : 'must be an absolute http(s) URL'
  if (type === 'pr') return isUrl(value) || PULL_REQUEST.test(value) ? undefined : 'must be a pull request'
  return undefined
}

/** `#12` or `owner/name#12`. */
const PULL_REQUEST = /^(?:[\w.-]+\/[\w.-]+)?#[0-9]+$/

/** Evaluation steps for one output: it may be four times as large as parameters. */
const OUTPUT_STEPS = 1_000_000

function schemaProblem(schema: JsonObject, value: unknown): string | undefined {
  const resolved = resolveSchema(schema)
  const faults = evaluate(resolved.root, value, resolved, new Meter(OUTPUT_STEPS))
  if (faults === undefined) return `takes more than ${OUTPUT_STEPS} steps to check against its schema`
  const [first] = faults
  // The keyword and the place, never the value: it may be confidential.
  return (
    first &&
    `does not follow its schema (${first.keyword}${describeMissing(first, value)} at #/${first.pointer.join('/')})`
  )
}

/** The properties that the schema requires and the value lacks, as text. Their names are the schema's own. */
function describeMissing({ keyword, schema, pointer }: Fault, value: unknown): string {
  if (keyword !== 'required' || !Array.isArray(schema.required)) return ''
  const inside = pointer.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], value)
  const missing = schema.required.filter((key) => !Object.hasOwn(inside as object, String(key)))
  return ` ${missing.map((key) => JSON.stringify(key)).join(', ')}`
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}

/** Follows links: a file that a run keeps must be inside of its folder, not only appear to be. */
function isFileIn(workdir: string, path: string): boolean {
  try {
    const real = realpathSync(isAbsolute(path) ? path : join(workdir, path))
    const inside = relative(realpathSync(workdir), real)
    return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside) && statSync(real).isFile()
  } catch {
    return false
  }
}
