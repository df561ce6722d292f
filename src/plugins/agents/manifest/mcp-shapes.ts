import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'

/** A value in its usual shape, and what to write in its place. Values are not in the hint: they may be secrets. */
export interface Reshaped {
  fields: JsonObject
  hint: string
}

const areTexts = (values: readonly unknown[]): values is string[] =>
  values.every((value) => typeof value === 'string')
const areObjects = (values: readonly unknown[]): values is JsonObject[] => values.every(isObject)

/**
 * The program of a server that is a list with its arguments (OpenCode), or an object with its path (Zed); undefined for
 * any other value.
 */
export function reshapeCommand({ command, args, env }: JsonObject): Reshaped | undefined {
  const hint = 'write the program as "command", and each argument as an entry of "args"'
  if (Array.isArray(command)) {
    const [program, ...words] = command
    if (typeof program !== 'string' || !areTexts(words) || !(args === undefined || Array.isArray(args)))
      return undefined
    return { fields: { command: program, args: [...words, ...(args ?? [])] }, hint }
  }
  if (!isObject(command) || typeof command.path !== 'string' || args !== undefined) return undefined
  const { path, args: words = [], env: variables } = command
  if (!Array.isArray(words) || (env !== undefined && variables !== undefined)) return undefined
  const own = isObject(variables) ? { env: variables } : {}
  return { fields: { command: path, args: words, ...own }, hint }
}

/** One argument that is not in a list. A text with blanks or quotes stays: only a shell can part it. */
export function reshapeArguments({ args }: JsonObject): Reshaped | undefined {
  if (typeof args !== 'string' || args === '' || /[\s"'\\`]/.test(args)) return undefined
  return { fields: { args: [args] }, hint: 'write "args" as a list with one entry for each argument' }
}

/** Variables or headers in a list: `NAME=value`, `Name: value`, or objects with `name` and `value`. */
export function reshapeValues(field: string, values: unknown): Reshaped | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined
  const pairs = areTexts(values)
    ? values.map((text) => /^([^=:\s]+)(?:=|:\s*)(.*)$/s.exec(text)?.slice(1))
    : areObjects(values)
      ? values.map(({ name, key, value }) => [name ?? key, value])
      : []
  const isWhole = pairs.length > 0 && pairs.every((pair) => typeof pair?.[0] === 'string')
  const names = pairs.map((pair) => pair?.[0])
  if (!isWhole || new Set(names).size !== names.length) return undefined
  return {
    fields: { [field]: Object.fromEntries(pairs as [string, unknown][]) },
    hint: `write "${field}" as an object: {"${String(names[0])}": …}`,
  }
}

/** Servers in a list, each with its name. */
export function reshapeServers(servers: unknown): JsonObject | undefined {
  if (!Array.isArray(servers) || servers.length === 0 || !areObjects(servers)) return undefined
  const names = servers.map(({ name }) => name)
  if (!areTexts(names) || new Set(names).size !== names.length) return undefined
  return Object.fromEntries(servers.map(({ name, ...server }) => [name, server]))
}
