import * as z from 'zod'

type JsonNode = Record<string, unknown>

/**
 * The JSON Schema of a tool's input or output, without the forms that some clients cannot translate for their models:
 * lists of types, and `false` in the place of a schema.
 */
export function toPortableSchema(shape: z.ZodType, io: 'input' | 'output'): object {
  const schema: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(shape, { io, target: 'draft-2020-12' })))
  return rewrite(schema) as object
}

function rewrite(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewrite)
  if (typeof value !== 'object' || value === null) return value
  const node = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rewrite(part)]))
  return closeTuple(splitTypes(node))
}

/** `{type: [a, "null"], …}` as `{anyOf: [{type: a, …}, {type: "null"}]}`. */
function splitTypes(node: JsonNode): JsonNode {
  const { type, description, ...rest } = node
  if (!Array.isArray(type)) return node
  const anyOf = type.map((one: unknown) => (one === 'null' ? { type: one } : { type: one, ...rest }))
  return { ...(description === undefined ? {} : { description }), anyOf }
}

/** A tuple of equal parts as a list of as many items. */
function closeTuple(node: JsonNode): JsonNode {
  const { prefixItems: parts, ...rest } = node
  if (!Array.isArray(parts)) return node
  const [first] = parts
  if (parts.some((part) => JSON.stringify(part) !== JSON.stringify(first))) return node
  return { ...rest, items: first, minItems: parts.length, maxItems: parts.length }
}
