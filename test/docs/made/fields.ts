import type { JsonObject, Kind } from '../../../src/contract/kind.ts'
import { jsonSchemaOf } from '../../../src/contract/manifest/json-schema.ts'
import { table } from './table.ts'

/** The parts of a JSON Schema's node that tables need. */
interface Node {
  type?: string
  description?: string
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  additionalProperties?: Node | boolean
  anyOf?: Node[]
  oneOf?: Node[]
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  maxItems?: number
  maxLength?: number
}

/**
 * Every field of a kind's manifest, with its example from `examples`: objects that the kind's page shows, and that a
 * test has validated. A field is named by its path: `skills[].id`, `mcp.mcpServers.<name>.url`.
 */
export function fieldTable(kind: Kind, examples: readonly JsonObject[]): string {
  const rows = [...fieldsOf(jsonSchemaOf(kind) as Node, '')].map(({ path, node, required }) => {
    const example = exampleAt(examples, path)
    return [`\`${path}\``, typeOf(node), required ? 'yes' : '', node.description ?? '', shown(example)]
  })
  return table(['field', 'type', 'required', 'description', 'example'], rows)
}

interface Field {
  path: string
  node: Node
  required: boolean
}

function* fieldsOf(schema: Node, prefix: string): Generator<Field> {
  for (const part of alternatives(schema)) {
    for (const [name, node] of Object.entries(part.properties ?? {})) {
      const path = `${prefix}${name}`
      const required = alternatives(schema).every((other) => other.required?.includes(name))
      yield { path, node, required }
      yield* inside(node, path)
    }
  }
}

function* inside(node: Node, path: string): Generator<Field> {
  for (const part of alternatives(node)) {
    if (part.items) yield* inside(part.items, `${path}[]`)
    const rest = part.additionalProperties
    if (typeof rest === 'object') yield* inside(rest, `${path}.<name>`)
  }
  if (alternatives(node).some((part) => part.properties)) yield* once(fieldsOf(node, `${path}.`))
}

/** A field that several alternatives have is listed once. */
function* once(fields: Iterable<Field>): Generator<Field> {
  const listed = new Set<string>()
  for (const field of fields) {
    if (listed.has(field.path)) continue
    listed.add(field.path)
    yield field
  }
}

const alternatives = (node: Node): Node[] => node.anyOf ?? node.oneOf ?? [node]

function typeOf(node: Node): string {
  return [...new Set(alternatives(node).map(simpleType))].join(' or ')
}

function simpleType(node: Node): string {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``
  if (node.enum) return node.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (node.items) return `list of ${typeOf(node.items)}${node.maxItems ? `, at most ${node.maxItems}` : ''}`
  if (node.type === 'integer' || node.type === 'number') return `${node.type}${range(node)}`
  return node.type ?? 'any JSON'
}

function range({ minimum, maximum }: Node): string {
  const isExact = (limit: number | undefined) =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER
  if (isExact(minimum) && isExact(maximum)) return `, ${minimum} to ${maximum}`
  return isExact(minimum) ? `, at least ${minimum}` : ''
}

/** @throws Error if no example has the field, because the page would then not show how it is written */
function exampleAt(examples: readonly JsonObject[], path: string): unknown {
  const steps = path.replaceAll('[]', '.[]').split('.')
  for (const example of examples) {
    const found = follow(example, steps)
    if (found !== undefined) return found
  }
  throw new Error(`no example on the page has the field ${path}: add it to one of them`)
}

function follow(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (typeof value !== 'object' || value === null) return undefined
  const next = step === '[]' || step === '<name>' ? Object.values(value) : [(value as JsonObject)[step]]
  for (const one of next) {
    const found = follow(one, rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** Long values are shortened: the fields of an object have rows themselves. */
function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length <= 60
    ? `\`${text}\``
    : `\`${text.slice(0, text.startsWith('"') ? 50 : 1)}…${text.at(-1)}\``
}
