import { holdsSecret } from '../../../src/contract/schemas/secret-mark.ts'

/** A field of the form that a template's parameters make. What a value must be is the server's to judge. */
export type Field = FieldHead & FieldShape

interface FieldHead {
  /** The property's name; empty for an item of a list. */
  key: string
  title: string
  help?: string
  isRequired: boolean
  /** The value is typed unseen, and kept nowhere. */
  isSecret: boolean
  /** The value that counts when none is given. */
  standard?: unknown
  examples: readonly unknown[]
}

export type FieldShape =
  | { shape: 'text'; isLong: boolean }
  | { shape: 'number' }
  | { shape: 'choice'; options: readonly unknown[] }
  | { shape: 'list'; item: Field }
  | { shape: 'group'; fields: readonly Field[] }
  /** What has no field of its own is written as JSON. */
  | { shape: 'json' }

type Schema = Readonly<Record<string, unknown>>

/** Keywords that a field shows, or leaves to the server. A schema with others is a field of JSON. */
const KNOWN = new Set(
  `$comment $defs $id $ref $schema additionalProperties const default deprecated description enum examples exclusiveMaximum
  exclusiveMinimum format items maxItems maxLength maximum minItems minLength minimum multipleOf pattern properties readOnly
  required title type uniqueItems writeOnly`.split(/\s+/),
)
/** Texts longer than this get several lines. */
const LONG = 200
/** Deeper objects are JSON: a form of them would be harder to read. */
const DEEPEST = 5

/** The fields of a schema of parameters; the whole as one field of JSON when it declares no properties. */
export function listFields(schema: unknown): Field[] {
  if (!isSchema(schema)) return []
  const context = { root: schema, depth: 0 }
  const fields = fieldsOf(schema, context)
  const isMore = !Object.keys(schema).every((word) => isKnown(word)) || isSchema(schema.additionalProperties)
  const rest = fields.length === 0 ? 'Parameters' : 'Further parameters'
  return fields.length === 0 || isMore ? [...fields, { ...restOf(rest, schema), shape: 'json' }] : fields
}

/** The field whose members stand beside the others, not inside of one of them. */
export const REST = ''

function restOf(title: string, schema: Schema): FieldHead {
  return {
    key: REST,
    title,
    isRequired: false,
    isSecret: holdsSecret(schema) && !schema.properties,
    examples: [],
  }
}

interface Context {
  root: Schema
  depth: number
}

function fieldsOf(schema: Schema, context: Context): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(isSchema(schema.properties) ? schema.properties : {}).map(([key, property]) =>
    fieldOf(key, property, required.includes(key), context),
  )
}

function fieldOf(key: string, given: unknown, isRequired: boolean, context: Context): Field {
  const own = isSchema(given) ? given : {}
  const schema = { ...resolve(own, context.root), ...own }
  const { title, description, default: standard, examples } = schema
  return {
    key,
    title: typeof title === 'string' ? title : key,
    help: typeof description === 'string' ? description : undefined,
    isRequired,
    isSecret: holdsSecret(schema),
    standard,
    examples: Array.isArray(examples) ? examples : [],
    ...shapeOf(schema, { ...context, depth: context.depth + 1 }),
  }
}

function shapeOf(schema: Schema, context: Context): FieldShape {
  const isPlain = Object.keys(schema).every((word) => isKnown(word)) && context.depth <= DEEPEST
  if (!isPlain) return { shape: 'json' }
  if (Array.isArray(schema.enum)) return { shape: 'choice', options: schema.enum }
  if ('const' in schema) return { shape: 'choice', options: [schema.const] }
  switch (schema.type) {
    case 'string':
      return { shape: 'text', isLong: Number(schema.maxLength) > LONG }
    case 'integer':
    case 'number':
      return { shape: 'number' }
    case 'boolean':
      return { shape: 'choice', options: [true, false] }
    case 'array':
      return isSchema(schema.items)
        ? { shape: 'list', item: fieldOf('', schema.items, true, context) }
        : { shape: 'json' }
    case 'object':
      return isSchema(schema.properties) && !isSchema(schema.additionalProperties)
        ? { shape: 'group', fields: fieldsOf(schema, context) }
        : { shape: 'json' }
    default:
      return { shape: 'json' }
  }
}

/** Annotations of tools begin with `x-`. */
const isKnown = (word: string) => KNOWN.has(word) || word.startsWith('x-')

/** What `$ref` leads to inside of the schema; an empty one when that is elsewhere, which makes a field of JSON. */
function resolve(schema: Schema, root: Schema): Schema {
  const { $ref } = schema
  if (typeof $ref !== 'string') return {}
  const steps = $ref.startsWith('#/') ? $ref.slice(2).split('/') : ['']
  const found = steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }, root)
  return isSchema(found) ? found : {}
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
