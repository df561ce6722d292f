import { type Node, type ParseError, parseTree } from 'jsonc-parser'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { parseToml } from '../texts/parse-toml.ts'

/** The keys under which clients keep servers. */
const KEYS = ['mcpServers', 'servers', 'mcp_servers'] as const

/** The servers of a client's file, and the values that the client asks a person for. */
export interface McpDocument {
  servers: JsonObject
  inputs: readonly unknown[]
}

/** The servers of a file; undefined for a file of something else. */
export function findServers(path: string, value: unknown): McpDocument | undefined {
  if (!isObject(value)) return undefined
  const inputs = Array.isArray(value.inputs) ? value.inputs : []
  const servers = KEYS.map((key) => value[key]).find(isObject)
  if (servers) return { servers, inputs }
  // A plugin of Claude Code may have the servers themselves.
  const isBare = /(?:^|\/)\.mcp\.json(?:#|$)/.test(path) && Object.values(value).every(isEntry)
  return isBare ? { servers: value, inputs } : undefined
}

function isEntry(value: unknown): boolean {
  return isObject(value) && ['url', 'command', 'type'].some((field) => Object.hasOwn(value, field))
}

/** JSON with comments, as editors read it; undefined if it is something else. */
export function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parseCommented(text)
  }
}

function parseCommented(text: string): unknown {
  try {
    const errors: ParseError[] = []
    const root = parseTree(text, errors, { allowTrailingComma: true })
    return errors.length > 0 || !root ? undefined : toValue(root)
  } catch {
    // Thousands of nested lists leave no room on the stack.
    return undefined
  }
}

/** The library's own values lose a key such as `__proto__`. */
function toValue({ type, value, children = [] }: Node): unknown {
  if (type === 'array') return children.map(toValue)
  if (type !== 'object') return value
  return Object.fromEntries(
    children.flatMap(({ children: [key, child] = [] }) =>
      key && child ? [[key.value, toValue(child)]] : [],
    ),
  )
}

/** The value of a file in JSON or TOML; undefined for a text that is neither. */
export async function parseDocument(text: string): Promise<unknown> {
  const value = parseLoosely(text)
  if (value !== undefined) return value
  const toml = await parseToml(text)
  return toml.ok ? toml.data : undefined
}

/** The values that a client asks a person for, as variables of server.json. */
export function readPromptInputs(inputs: readonly unknown[]): Map<string, JsonObject> {
  const byId = new Map<string, JsonObject>()
  for (const input of inputs) {
    if (!isObject(input) || typeof input.id !== 'string') continue
    const { description, password, default: value, options } = input
    const choices = Array.isArray(options) ? options.filter((one) => typeof one === 'string') : []
    const isSecret = password === true || (value === undefined && choices.length === 0)
    byId.set(input.id, {
      ...(typeof description === 'string' ? { description } : {}),
      isRequired: true,
      ...(isSecret ? { isSecret } : {}),
      ...(typeof value === 'string' && value !== '' && password !== true ? { default: value } : {}),
      ...(choices.length > 0 ? { choices } : {}),
    })
  }
  return byId
}
