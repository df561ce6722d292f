import { isDeepStrictEqual } from 'node:util'
import { applyEdits, findNodeAtLocation, modify, type ParseError, parse, parseTree } from 'jsonc-parser'
import { isObject } from '../contract/is-object.ts'
import type { JsonObject } from '../contract/kind.ts'
import { addProperty } from '../core/init/add-to-json.ts'
import type { WrittenFile } from '../exchange/contract/format.ts'

export type Members = NonNullable<WrittenFile['members']>

const OPTIONS = { allowTrailingComma: true }

/** The object at a key of a JSON file with comments; undefined where the file cannot get members there. */
function readObject(text: string, key: string): JsonObject | undefined {
  const errors: ParseError[] = []
  const value: unknown = text.trim() === '' ? {} : parse(text, errors, OPTIONS)
  if (errors.length > 0 || !isObject(value)) return undefined
  const at = value[key] ?? {}
  return isObject(at) ? at : undefined
}

/** Some members as one text, to be compared; undefined if the file has none of them. */
export function findMembers(text: string, { key, names }: Members): string | undefined {
  const all = readObject(text, key) ?? {}
  const present = [...names].sort().filter((name) => Object.hasOwn(all, name))
  return present.length === 0 ? undefined : JSON.stringify(present.map((name) => [name, all[name]]))
}

/**
 * The file with other values for the members of an export: those of `earlier` that are not in `content` go. Comments,
 * order and everything else stay. Undefined if the file is not JSON that can have them.
 */
export function withMembers(
  text: string,
  { key }: Members,
  content: JsonObject,
  earlier: readonly string[],
): string | undefined {
  const all = readObject(text, key)
  if (!all) return undefined
  const gone = earlier.filter((name) => Object.hasOwn(all, name) && !Object.hasOwn(content, name))
  const changed = Object.entries(content).filter(([name, value]) => !isDeepStrictEqual(all[name], value))
  const isEmpty = gone.length > 0 && gone.length === Object.keys(all).length && changed.length === 0
  let result = text.trim() === '' ? '{}\n' : text
  for (const name of isEmpty ? [] : gone) result = setValue(result, [key, name], undefined)
  for (const [name, value] of changed) result = setValue(result, [key, name], value)
  if (isEmpty) result = setValue(result, [key], undefined)
  // A key that is there twice hides a value.
  const { [key]: _, ...others } = parse(text, [], OPTIONS) ?? {}
  const { [key]: now = {}, ...rest } = parse(result, [], OPTIONS) ?? {}
  const theirs = Object.entries(all).filter(([name]) => !earlier.includes(name))
  return isDeepStrictEqual(now, { ...Object.fromEntries(theirs), ...content }) &&
    isDeepStrictEqual(others, rest)
    ? result
    : undefined
}

/** The text with a member at the end of its object, or without it; the lines of others are not laid out anew. */
function setValue(text: string, path: string[], value: unknown): string {
  const root = parseTree(text, [], OPTIONS)
  const isThere = root !== undefined && findNodeAtLocation(root, path) !== undefined
  const rest = isThere ? applyEdits(text, modify(text, path, undefined, {})) : text
  return value === undefined ? rest : (addProperty(rest, path, value) ?? text)
}
