/** The parts of zod's issues, of all codes, that findings are made from. */
export interface Issue {
  code: string
  path: readonly PropertyKey[]
  message: string
  expected?: string
  keys?: readonly string[]
  values?: readonly unknown[]
  options?: readonly unknown[]
  errors?: readonly (readonly Issue[])[]
  issues?: readonly Issue[]
  origin?: string
  minimum?: number | bigint
  maximum?: number | bigint
  inclusive?: boolean
  format?: string
  divisor?: number
}

/** Words that zod's own messages start with. Any other message was written for the field and is more specific. */
const STOCK_MESSAGE = /^(?:Invalid|Too|Unrecognized)/

const TYPES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const FORMATS: Record<string, string> = {
  email: 'an e-mail address',
  url: 'an absolute URL',
  date: 'a date such as 2027-01-31',
  datetime: 'a time such as 2027-01-31T12:00:00Z',
  uuid: 'a UUID',
}

const UNITS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  object: ['field', 'fields'],
}

/** A type in the words of a sentence. */
export function typeName(expected: string | undefined): string {
  return expected === undefined ? 'another value' : (TYPES[expected] ?? `a value of type ${expected}`)
}

/** What an issue demands, as the predicate of a sentence: `must be one of "a", "b"`. */
export function demand(issue: Issue): string {
  if (!STOCK_MESSAGE.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}`
    case 'invalid_value':
      return `must be ${listValues(issue.values ?? [])}`
    case 'too_small':
      return bound(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least')
    case 'too_big':
      return bound(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most')
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `must be ${FORMATS[issue.format ?? ''] ?? `in the format "${issue.format}"`}`
    default:
      return 'is not allowed here'
  }
}

function listValues(values: readonly unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value))
  return texts.length === 1 ? String(texts[0]) : `one of ${texts.join(', ')}`
}

function bound(issue: Issue, limit: number | bigint | undefined, than: string): string {
  const unit = UNITS[issue.origin ?? '']
  if (!unit) return `must be ${than} ${limit}`
  return `must have ${than} ${limit} ${Number(limit) === 1 ? unit[0] : unit[1]}`
}

/** A field that does not fit, for an answer over HTTP. */
export interface FieldDemand {
  field: string
  message: string
}

/** What zod's issues demand, field by field, without zod's own words. */
export function fieldDemands(issues: readonly unknown[]): FieldDemand[] {
  return (issues as readonly Issue[]).map((issue) => {
    // A message that was written for a union is more specific than those of its branches.
    const [inner = issue] = STOCK_MESSAGE.test(issue.message) ? closest(issue.errors) : []
    const path = inner === issue ? issue.path : [...issue.path, ...inner.path]
    return { field: path.map(String).join('.'), message: demandOrPresence(inner) }
  })
}

/** The branch of a union that has the fewest issues. */
function closest(branches: Issue['errors'] = []): readonly Issue[] {
  return [...branches].sort((a, b) => a.length - b.length)[0] ?? []
}

function demandOrPresence(issue: Issue): string {
  if (issue.code === 'unrecognized_keys')
    return `has unknown fields: ${(issue.keys ?? []).map((key) => JSON.stringify(key)).join(', ')}`
  // zod's issue has no input, but its words say whether there was one.
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    ? 'is missing'
    : demand(issue)
}
