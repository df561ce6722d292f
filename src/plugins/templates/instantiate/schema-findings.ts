import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { type JsonObject, PARAMETERS } from '../../../contract/kind.ts'
import type { Fault } from '../../../contract/schemas/run.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import { shownValue } from '../../../contract/text/shown-value.ts'
import type { CompiledParameters } from './compile.ts'
import { renderDemand, types } from './demand.ts'
import { MOST_FINDINGS, shownPath, visiblePointer } from './limits.ts'
import { makeFinding } from './rules.ts'

/** The values and the schema that the faults are about. */
interface SchemaContext {
  compiled: CompiledParameters
  values: JsonObject
  secretsLater: boolean
}

/** Converts faults to findings: missing values, unknown values, and one finding for each wrong value. */
export function schemaFindings(faults: readonly Fault[], context: SchemaContext): Finding[] {
  const findings = new Map<string, Finding>()
  for (const fault of faults) {
    if (findings.size >= MOST_FINDINGS) break
    for (const finding of faultFindings(fault, context)) {
      const isValue = finding.rule === 'NOFX_PARAMETER_INVALID'
      const key = JSON.stringify([finding.rule, finding.pointer, isValue ? '' : finding.message])
      if (!findings.has(key)) findings.set(key, finding)
    }
  }
  return [...findings.values()]
}

function faultFindings({ keyword, schema, pointer }: Fault, context: SchemaContext): Finding[] {
  const visible = visiblePointer(pointer, context.compiled.secrets)
  if (visible.length < pointer.length)
    return [wrong(visible, 'does not have the form that is declared', context)]
  switch (keyword) {
    case 'required':
      return missing(schema.required, pointer, context)
    case 'dependentRequired':
      return missing(dependents(schema, pointer, context), pointer, context)
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return [unknown(pointer, schema, context)]
    case 'propertyNames':
      return [badKey(pointer, context)]
    default:
      return [wrong(pointer, demandAt(keyword, schema, valueAt(context.values, pointer)), context)]
  }
}

/** The value at the pointer of a fault. */
function valueAt(values: JsonObject, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((value, part) => (value as Record<string | number, unknown>)[part], values)
}

/** The demand of a keyword; for branches that differ only in type, the types. */
function demandAt(keyword: string, schema: JsonObject, value: unknown): string {
  const want = schema[keyword]
  if (keyword !== 'anyOf' && keyword !== 'oneOf') return renderDemand(keyword, want)
  const forms = (want as unknown[]).map((form) => (form as JsonObject).type)
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const isOther = forms.every((form) => form !== undefined && !String(form).split(',').includes(type))
  return isOther ? `must be ${types(forms.flat())}` : renderDemand(keyword, want)
}

function dependents(
  { dependentRequired }: JsonObject,
  pointer: Pointer,
  { values }: SchemaContext,
): string[] {
  const object = valueAt(values, pointer) as JsonObject
  return Object.entries((dependentRequired ?? {}) as Record<string, string[]>).flatMap(([key, names]) =>
    Object.hasOwn(object, key) ? names : [],
  )
}

function missing(
  names: unknown,
  pointer: Pointer,
  { compiled, values, secretsLater }: SchemaContext,
): Finding[] {
  const object = valueAt(values, pointer) as JsonObject
  const isLater = (name: string): boolean =>
    secretsLater && pointer.length === 0 && compiled.secrets.has(name)
  const absent = (names as string[]).filter((name) => !Object.hasOwn(object, name) && !isLater(name))
  return absent.map((name) =>
    makeFinding(
      'NOFX_PARAMETER_MISSING',
      { file: PARAMETERS, pointer, absent: name },
      `${shownPath([...pointer, name])} is missing${pointer.length === 0 ? meaning(compiled, name) : ''}`,
      `add ${quoted(name)}`,
    ),
  )
}

/** What the template says about a parameter, for the person who has to choose its value. */
function meaning({ schema }: CompiledParameters, name: string): string {
  const { description, examples } = (((schema.root as JsonObject).properties as JsonObject | undefined)?.[
    name
  ] ?? {}) as JsonObject
  if (typeof description === 'string' && description !== '') return `: ${shownText(description)}`
  const [example] = Array.isArray(examples) ? examples : []
  return typeof example === 'string' ? `, for example ${shownText(example)}` : ''
}

const LONGEST_MEANING = 120

function shownText(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST_MEANING ? `${line.slice(0, LONGEST_MEANING - 1)}…` : line
}

function unknown(pointer: Pointer, { properties }: JsonObject, { compiled }: SchemaContext): Finding {
  const isTop = pointer.length === 1
  const names = isTop ? compiled.names : Object.keys((properties ?? {}) as JsonObject)
  const name = String(pointer.at(-1))
  const guess = nearest(name, names)
  const list = names.length > 0 && names.length <= 12 ? `; known ones are ${names.join(', ')}` : ''
  const where = isTop ? 'parameter' : `field in ${shownPath(pointer.slice(0, -1))}:`
  return makeFinding(
    'NOFX_PARAMETER_UNKNOWN',
    { file: PARAMETERS, pointer, key: true },
    `unknown ${where} ${shownValue(name)}`,
    guess === undefined ? `remove it${list}` : `write ${quoted(guess)}`,
  )
}

function badKey(pointer: Pointer, { compiled }: SchemaContext): Finding {
  const place = { file: PARAMETERS, pointer: visiblePointer(pointer, compiled.secrets), key: true }
  const message = `${shownPath(place.pointer)} is not allowed as a key`
  return makeFinding('NOFX_PARAMETER_INVALID', place, message, 'rename the key')
}

function wrong(pointer: Pointer, must: string, { compiled, values }: SchemaContext): Finding {
  const path = shownPath(pointer) || 'what is given'
  const isSecret = compiled.secrets.has(String(pointer[0]))
  // A schema's allowed values would reveal the possible values of a secret, so they are not shown.
  const demand =
    isSecret && /^must be (?:one of|["{[\d-])/.test(must) ? 'is not a value that is allowed' : must
  const value = pointer.length === 0 || isSecret ? '' : ` ${shownValue(valueAt(values, pointer))}`
  return makeFinding(
    'NOFX_PARAMETER_INVALID',
    { file: PARAMETERS, pointer },
    `${path}${value} ${demand}`,
    hintFor(demand, path),
  )
}

function hintFor(demand: string, path: string): string {
  const [, verb, requirement] = /^must (be|have) (.+)$/s.exec(demand) ?? []
  if (requirement === undefined) return `change ${path}`
  return verb === 'be' ? `change ${path} to ${requirement}` : `give ${path} ${requirement}`
}
