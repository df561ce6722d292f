import { quoted } from '../../../contract/fields/shown.ts'
import { typeName } from '../../../contract/manifest/zod-demand.ts'

const MOST_VALUES = 10

/** What a JSON Schema keyword demands, as the predicate of a sentence: `must be one of "low", "high"`. */
export function renderDemand(keyword: string, want: unknown): string {
  switch (keyword) {
    case 'type':
      return `must be ${types(want)}`
    case 'const':
      return `must be ${renderValue(want)}`
    case 'enum':
      return `must be ${listValues(want as unknown[])}`
    case 'pattern':
      return `must match ${quoted(String(want))}`
    case 'format':
      return `must have the format ${quoted(String(want))}`
    case 'minimum':
      return `must be at least ${want}`
    case 'maximum':
      return `must be at most ${want}`
    case 'exclusiveMinimum':
      return `must be more than ${want}`
    case 'exclusiveMaximum':
      return `must be less than ${want}`
    case 'multipleOf':
      return `must be a multiple of ${want}`
    default:
      return countDemand(keyword, want)
  }
}

const UNITS: Readonly<Record<string, [than: string, one: string, many: string]>> = {
  minLength: ['at least', 'character', 'characters'],
  maxLength: ['at most', 'character', 'characters'],
  minItems: ['at least', 'entry', 'entries'],
  maxItems: ['at most', 'entry', 'entries'],
  minProperties: ['at least', 'field', 'fields'],
  maxProperties: ['at most', 'field', 'fields'],
  minContains: ['at least', 'entry of a certain form', 'entries of a certain form'],
  maxContains: ['at most', 'entry of a certain form', 'entries of a certain form'],
}

function countDemand(keyword: string, want: unknown): string {
  const unit = UNITS[keyword]
  if (unit !== undefined) return `must have ${unit[0]} ${want} ${want === 1 ? unit[1] : unit[2]}`
  switch (keyword) {
    case 'uniqueItems':
      return 'must not repeat an entry'
    case 'contains':
      return 'must have an entry of a certain form'
    case 'anyOf':
      return 'must have one of several forms'
    case 'oneOf':
      return 'must have exactly one of several forms'
    case 'propertyNames':
      return 'must have other keys'
    default:
      return 'is not allowed here'
  }
}

/** Names of types as a list in a sentence. */
export function types(want: unknown): string {
  const names = (Array.isArray(want) ? want : [want]).map((type) =>
    typeName(type === 'integer' ? 'int' : String(type)),
  )
  return names.join(' or ')
}

function listValues(values: readonly unknown[]): string {
  const list = values.slice(0, MOST_VALUES).map(renderValue).join(', ')
  if (values.length === 1) return list
  return values.length > MOST_VALUES
    ? `one of ${list} and ${values.length - MOST_VALUES} more`
    : `one of ${list}`
}

/** A value from the schema itself, which is not a secret. */
function renderValue(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
