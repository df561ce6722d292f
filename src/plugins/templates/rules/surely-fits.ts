import { isObject } from '../../../core/contract/fields/older-layout.ts'
import type { JsonObject } from '../../../core/kind.ts'

/**
 * Tells of a valid schema and a value, by the keywords that most schemas are made of, that they certainly fit. False
 * means "ask the validator", not "wrong". Templates are checked by the thousand, and nearly all of their defaults and
 * examples are in order: this spares copying and resolving each schema.
 */
export function surelyFits(schema: unknown, value: unknown): boolean {
  if (!isObject(schema) || !isLookedInto(schema, value)) return false
  for (const keyword of Object.keys(schema))
    if (!keywordFits(keyword, schema[keyword], value, schema)) return false
  return true
}

/** Whether keywords look at everything inside of a value: what nothing declares has rules of its own. */
function isLookedInto(schema: JsonObject, value: unknown): boolean {
  if (Array.isArray(value)) return schema.items !== undefined || value.length === 0
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value)
  return !isObject(value) || schema.properties !== undefined
}

/** The same for the values of all parameters: what is absent may have a default or be a secret. */
export function surelyFitsAll(schema: JsonObject, values: JsonObject, secrets: ReadonlySet<string>): boolean {
  const { required = [], properties = {} } = schema
  const known = properties as JsonObject
  const isThere = (name: string) =>
    Object.hasOwn(values, name) ||
    secrets.has(name) ||
    (isObject(known[name]) && known[name].default !== undefined)
  return (
    (schema.type === undefined || schema.type === 'object') &&
    Object.keys(schema).every((keyword) => AROUND.has(keyword) || PLAIN.has(keyword)) &&
    (required as string[]).every(isThere) &&
    propertiesFit(known, values)
  )
}

/** Keywords of a schema of objects that are looked at, or that mean nothing where every key is declared. */
const AROUND = new Set(['$schema', '$defs', 'type', 'properties', 'required', 'additionalProperties'])

/** Keywords that say nothing about a value. */
const PLAIN = new Set([
  'title',
  'description',
  'default',
  'examples',
  '$comment',
  'deprecated',
  'readOnly',
  'writeOnly',
  'x-secret',
])

function keywordFits(keyword: string, want: unknown, value: unknown, schema: JsonObject): boolean {
  switch (keyword) {
    case 'type':
      return typeFits(want, value)
    case 'enum':
      return (want as unknown[]).includes(value)
    case 'pattern':
      return typeof value === 'string' && patternOf(want as string).test(value)
    case 'minLength':
      // Characters outside of the first plane count twice here, and once there.
      return typeof value === 'string' && value.length >= 2 * (want as number)
    case 'maxLength':
      return typeof value === 'string' && value.length <= (want as number)
    case 'minimum':
      return typeof value === 'number' && value >= (want as number)
    case 'maximum':
      return typeof value === 'number' && value <= (want as number)
    case 'minItems':
      return Array.isArray(value) && value.length >= (want as number)
    case 'maxItems':
      return Array.isArray(value) && value.length <= (want as number)
    case 'items':
      return Array.isArray(value) && value.every((item) => surelyFits(want, item))
    case 'properties':
      return isObject(value) && schema.required === undefined && propertiesFit(want as JsonObject, value)
    case 'additionalProperties':
      return isObject(value) && Object.keys(value).every((key) => isDeclared(schema.properties, key))
    default:
      return PLAIN.has(keyword)
  }
}

function propertiesFit(properties: JsonObject, value: JsonObject): boolean {
  return Object.keys(value).every(
    (key) => isDeclared(properties, key) && surelyFits(properties[key], value[key]),
  )
}

/** Keys such as "constructor" are never in order, declared or not. */
function isDeclared(properties: unknown, key: string): boolean {
  return isObject(properties) && Object.hasOwn(properties, key) && !(key in Object.prototype)
}

function typeFits(want: unknown, value: unknown): boolean {
  switch (want) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === want
    case 'integer':
      return Number.isSafeInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    default:
      return false
  }
}

const patterns = new Map<string, RegExp>()
const KEPT = 256

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source)
  if (pattern === undefined) {
    if (patterns.size >= KEPT) patterns.clear()
    pattern = new RegExp(source, 'u')
    patterns.set(source, pattern)
  }
  return pattern
}
