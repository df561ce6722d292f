import type { JsonObject, Kind } from '../../../src/contract/kind.ts'
import { buildJsonSchema } from '../../../src/contract/manifest/json-schema.ts'
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
 * @param isShown false for fields that the page lists once, although several parts have them
 */
export function fieldTable(
  kind: Kind,
  examples: readonly JsonObject[],
  isShown: (path: string) => boolean = () => true,
): string {
  const fields = [...once(fieldsOf(buildJsonSchema(kind) as Node, ''))].filter(({ path }) => isShown(path))
  const rows = fields.map(({ path, node, required }) => {
    const example = exampleAt(examples, path)
    return [`\`${path}\``, typeOf(node), required, node.description ?? '', shown(example)]
  })
  return table(['field', 'type', 'required', 'description', 'example'], rows)
}

interface Field {
  path: string
  node: Node
  /** `yes`, empty, or the condition: the value of the field that tells the alternatives apart. */
  required: string
}

function* fieldsOf(schema: Node, prefix: string): Generator<Field> {
  const parts = alternatives(schema).filter(({ properties }) => properties)
  for (const name of new Set(parts.flatMap(({ properties }) => Object.keys(properties ?? {})))) {
    // A name with dots would read as several.
    const path = name.includes('.') ? `${prefix.slice(0, -1)}["${name}"]` : `${prefix}${name}`
    const node = merged(parts.flatMap(({ properties }) => properties?.[name] ?? []))
    yield { path, node, required: requirement(name, parts) }
    yield* inside(node, path)
  }
}

/** The node of a field that several alternatives have, with every form that one of them allows. */
function merged(nodes: readonly Node[]): Node {
  const different = [...new Map(nodes.map((node) => [JSON.stringify(node), node])).values()]
  const [only] = different
  if (only && different.length === 1) return only
  const description = different.find((node) => node.description)?.description
  return { ...(description ? { description } : {}), anyOf: different.flatMap(alternatives) }
}

/** Whether a field is required: in every alternative, in none, or in those that one field tells apart. */
function requirement(name: string, parts: readonly Node[]): string {
  const demanding = parts.filter(({ required }) => required?.includes(name))
  if (demanding.length === parts.length) return 'yes'
  const teller = Object.keys(parts[0]?.properties ?? {}).find((field) =>
    parts.every(({ properties }) => properties?.[field]?.const ?? properties?.[field]?.enum),
  )
  if (teller === undefined || demanding.length === 0) return ''
  return `if \`${teller}\` is ${demanding.map(({ properties }) => typeOf(properties?.[teller] ?? {})).join(', ')}`
}

function* inside(node: Node, path: string): Generator<Field> {
  for (const part of alternatives(node)) {
    if (part.items) yield* inside(part.items, `${path}[]`)
    const rest = part.additionalProperties
    if (typeof rest === 'object') yield* inside(rest, `${path}.<name>`)
  }
  if (alternatives(node).some((part) => part.properties)) yield* fieldsOf(node, `${path}.`)
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
  const steps = path
    .replace(/\["([^"]+)"\]/g, (_, name: string) => `.${name.replaceAll('.', '\0')}`)
    .replaceAll('[]', '.[]')
    .split('.')
    .map((step) => step.replaceAll('\0', '.'))
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
