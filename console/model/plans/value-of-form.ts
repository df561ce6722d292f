import { type Field, REST } from './form-of-schema.ts'

/** What stands in a field: a text, the entries of a list by place, or those of a group by key. Undefined: nothing. */
export type Entry = string | readonly Entry[] | { readonly [key: string]: Entry } | undefined
export type Entries = { readonly [key: string]: Entry }

/**
 * The parameters that a form gives. A text that is not what its field takes stays a text, so that the server says what
 * is wrong with it.
 */
export function valuesOf(fields: readonly Field[], entries: Entries): Record<string, unknown> {
  const values: [string, unknown][] = []
  for (const field of fields) {
    const value = readEntry(field, entries[field.key])
    if (value === undefined) continue
    if (field.key !== REST) values.push([field.key, value])
    // Members of the further parameters stand beside the others; what is not an object is left for the server to refuse.
    else if (isObject(value)) values.push(...Object.entries(value))
    else values.push(['', value])
  }
  return Object.fromEntries(values)
}

function readEntry(field: Field, entry: Entry): unknown {
  switch (field.shape) {
    case 'text':
      return entry === '' ? undefined : entry
    case 'number':
    case 'json':
      return typeof entry === 'string' && entry.trim() !== '' ? parsed(entry) : undefined
    case 'choice':
      return typeof entry === 'string' && entry !== '' ? field.options[Number(entry)] : undefined
    case 'list':
      return Array.isArray(entry) && entry.length > 0
        ? entry.map((one) => readEntry(field.item, one) ?? '')
        : undefined
    case 'group': {
      const values = isObject(entry) ? valuesOf(field.fields, entry as Entries) : {}
      return field.isRequired || Object.keys(values).length > 0 ? values : undefined
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What stands in the fields for given parameters, such as those of an example. */
export function entriesOf(fields: readonly Field[], values: Readonly<Record<string, unknown>>): Entries {
  const keys = new Set(fields.map(({ key }) => key))
  const rest = Object.entries(values).filter(([key]) => !keys.has(key))
  return Object.fromEntries(
    fields.map((field) => {
      if (field.key === REST)
        return [REST, rest.length > 0 ? JSON.stringify(Object.fromEntries(rest)) : undefined]
      return [field.key, Object.hasOwn(values, field.key) ? entryOf(field, values[field.key]) : undefined]
    }),
  )
}

function entryOf(field: Field, value: unknown): Entry {
  switch (field.shape) {
    case 'text':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'choice': {
      const at = field.options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value))
      return at < 0 ? undefined : String(at)
    }
    case 'list':
      return Array.isArray(value) ? value.map((one) => entryOf(field.item, one)) : undefined
    case 'group':
      return isObject(value) ? entriesOf(field.fields, value) : undefined
    default:
      return JSON.stringify(value)
  }
}

/** Without what was typed unseen: it is sent once, and then gone. */
export function withoutSecrets(fields: readonly Field[], entries: Entries): Entries {
  return Object.fromEntries(
    fields.map((field) => [field.key, field.isSecret ? undefined : entries[field.key]]),
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
