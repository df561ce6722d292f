import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import { type JsonObject, PARAMETERS } from '../../../contract/kind.ts'
import { shownValue } from '../../../contract/text/shown-value.ts'
import { isStorable } from '../../../contract/text/storable.ts'
import { type INSTANCE_RULES, makeFinding } from './rules.ts'

/** Maximum bytes of all parameters together as JSON, and maximum levels of nesting. */
const BYTES = 256 * 1024
const DEPTH = 32

/** Maximum entries of one list: the validator compares every pair for `uniqueItems`. */
const ENTRIES = 10_000

/** Maximum number of findings. */
export const MOST_FINDINGS = 50

const ENCODER = new TextEncoder()

/** ASCII that JSON does not escape. */
const PLAIN = /^[ !#-[\]-~]*$/

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

interface LimitWalk {
  bytes: number
  /** Keys and indices from the root to the current value. */
  trail: (string | number)[]
  tooDeep: boolean
  secrets: ReadonlySet<string>
  findings: Finding[]
}

/**
 * Reports values that cannot be parameters of any template: too many bytes, too many levels, prototype keys, and
 * values that are not JSON or that a database would not return unchanged. It reads no further than the limits, so
 * that later code can take values as they are.
 * @param secrets parameters whose values are not shown
 */
export function checkLimits(values: JsonObject, secrets: ReadonlySet<string>): Finding[] {
  if (!isPlain(values)) return [NO_OBJECT]
  const walk: LimitWalk = { bytes: 0, trail: [], tooDeep: false, secrets, findings: [] }
  visit(values, walk)
  if (walk.tooDeep)
    return [
      refusal(
        `parameters are nested more than ${DEPTH} levels deep`,
        'give the nested value as a parameter of its own',
      ),
    ]
  if (walk.bytes > BYTES)
    return [
      refusal(
        `parameters take more than ${BYTES} bytes of JSON`,
        'give a path or a URL instead of the content',
      ),
    ]
  return walk.findings
}

const NO_OBJECT = makeFinding(
  'NOFX_PARAMETER_INVALID',
  { file: PARAMETERS, pointer: [] },
  'parameters are not an object',
  'give an object of values by name',
)

function refusal(message: string, hint: string): Finding {
  return makeFinding('NOFX_PARAMETER_SIZE', { file: PARAMETERS, pointer: [] }, message, hint)
}

function visit(value: unknown, walk: LimitWalk): void {
  if (walk.bytes > BYTES || walk.tooDeep) return
  if (typeof value === 'string') visitString(value, walk)
  else if (typeof value === 'number') visitNumber(value, walk)
  else if (typeof value === 'boolean' || value === null) walk.bytes += String(value).length
  else if (Array.isArray(value) || isPlain(value)) visitInside(value, walk)
  else refuse(walk, 'is not a JSON value', 'give a text, a number, true, false, null, a list or an object')
}

function visitInside(value: unknown[] | JsonObject, walk: LimitWalk): void {
  if (walk.trail.length >= DEPTH) {
    walk.tooDeep = true
    return
  }
  if (Array.isArray(value) && value.length > ENTRIES)
    refuse(walk, `is a list of more than ${ENTRIES} entries`, 'give a file or a URL', 'NOFX_PARAMETER_SIZE')
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  walk.bytes += 2
  let separator = 0
  for (const key of keys) {
    walk.trail.push(key)
    walk.bytes += separator
    separator = 1
    if (typeof key === 'string') visitKey(key, walk)
    visit((value as Record<string | number, unknown>)[key], walk)
    walk.trail.pop()
    if (walk.bytes > BYTES || walk.tooDeep) return
  }
}

function visitKey(key: string, walk: LimitWalk): void {
  walk.bytes += jsonBytes(key) + 1
  if (FORBIDDEN.has(key)) refuse(walk, 'is not allowed as a key', 'rename the key', 'NOFX_PARAMETER_KEY')
  else if (!isStorable(key)) refuse(walk, 'is a key with a character that cannot be kept', 'rename the key')
}

function visitString(value: string, walk: LimitWalk): void {
  walk.bytes += jsonBytes(value)
  if (walk.bytes <= BYTES && !isStorable(value))
    refuse(walk, 'holds U+0000 or half of a character', 'remove that character')
}

function visitNumber(value: number, walk: LimitWalk): void {
  walk.bytes += String(value).length
  if (!Number.isFinite(value)) refuse(walk, 'is not a JSON number', 'give a number')
  else if (Number.isInteger(value) && !Number.isSafeInteger(value))
    refuse(walk, 'is a whole number that would be rounded', 'give it as a text')
}

function refuse(
  walk: LimitWalk,
  problem: string,
  hint: string,
  rule: keyof typeof INSTANCE_RULES = 'NOFX_PARAMETER_VALUE',
): void {
  if (walk.findings.length >= MOST_FINDINGS) return
  const pointer = visiblePointer(walk.trail, walk.secrets)
  const where = pointer.length === walk.trail.length ? '' : 'something in '
  const message = `${where}${shownPath(pointer)} ${problem}`
  walk.findings.push(makeFinding(rule, { file: PARAMETERS, pointer }, message, hint))
}

/** A pointer without the part inside a secret: a secret's keys are as confidential as its values. */
export function visiblePointer(pointer: Pointer, secrets: ReadonlySet<string>): Pointer {
  return secrets.has(String(pointer[0])) ? pointer.slice(0, 1) : [...pointer]
}

/**
 * The path for messages. The caller chooses the keys, so only plain keys are shown unchanged; others are shortened
 * like a value.
 */
export function shownPath(pointer: Pointer): string {
  const path = dotted(pointer)
  return /^[\w.[\]-]{1,60}$/.test(path) ? path : shownValue(path)
}

/** True for plain objects, also from other realms; false for dates, maps and instances of classes. */
function isPlain(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Bytes of a text in JSON, quotes included; for a text that is too long anyway, only a lower bound. */
function jsonBytes(text: string): number {
  if (PLAIN.test(text)) return text.length + 2
  return text.length > BYTES ? text.length : ENCODER.encode(JSON.stringify(text)).length
}
