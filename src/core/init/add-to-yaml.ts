import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { addLines, findLineEnd } from './edit.ts'

/** What is added below a key of a YAML document: the lines without indent, and the same as data. */
export interface YamlAddition {
  keys: readonly string[]
  lines: readonly string[]
  value: unknown
}

/**
 * Adds a pair to a mapping, or an item to a list, of a YAML document in block style, by inserting lines. The document
 * keeps every byte; its data is compared before and after.
 * @returns undefined when the document is not such a document
 */
export function addToYaml(text: string, addition: YamlAddition): string | undefined {
  const was = read(text)
  if (was === undefined) return undefined
  const after = insert(text, addition)
  const is = after === undefined ? undefined : read(after)
  return is !== undefined && isDeepStrictEqual(is, withAddition(was, addition)) ? after : undefined
}

/** The data of a document; undefined with errors. An empty document is an empty mapping. */
function read(text: string): Record<string, unknown> | undefined {
  const document = parseDocument(text)
  if (document.errors.length > 0) return undefined
  const value: unknown = document.toJS() ?? {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}

function insert(text: string, { keys, lines }: YamlAddition): string | undefined {
  const document = parseDocument(text)
  if (document.contents === null) return addLines(text, nested(keys, lines, 0))
  if (!isMap(document.contents) || document.contents.flow) return undefined
  let node: YAMLMap | YAMLSeq = document.contents
  for (const [depth, key] of keys.entries()) {
    const next: unknown = isMap(node) ? node.get(key, true) : undefined
    if (next === undefined && isMap(node) && !node.has(key))
      return below(text, node, nested(keys.slice(depth), lines, 0))
    if (!(isMap(next) || isSeq(next)) || next.flow) return undefined
    node = next
  }
  return below(text, node, lines)
}

/** Inserts lines behind the last child of a collection, at the indent of its children. */
function below(text: string, node: YAMLMap | YAMLSeq, lines: readonly string[]): string | undefined {
  const [start] = node.range ?? []
  const last = node.items.at(-1)
  const value = (isMap(node) ? (last as Pair | undefined)?.value : last) as { range?: number[] } | undefined
  const stop = value?.range?.[1]
  if (start === undefined || stop === undefined) return undefined
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))
  const lineStop = text.indexOf('\n', text[stop - 1] === '\n' ? stop - 1 : stop)
  const at = lineStop < 0 ? text.length : lineStop + 1
  const end = findLineEnd(text)
  const gap = at === text.length && !text.endsWith('\n') ? end : ''
  const added = lines.map((line) => `${indent}${line}${end}`).join('')
  return text.slice(0, at) + gap + added + text.slice(at)
}

function nested(keys: readonly string[], lines: readonly string[], depth: number): string[] {
  const pad = '  '.repeat(depth)
  const [key, ...rest] = keys
  if (key === undefined) return lines.map((line) => pad + line)
  return [`${pad}${key}:`, ...nested(rest, lines, depth + 1)]
}

function withAddition(was: Record<string, unknown>, { keys, value }: YamlAddition): unknown {
  const copy = structuredClone(was)
  let inner: Record<string, unknown> = copy
  for (const [depth, key] of keys.entries()) {
    if (!Object.hasOwn(inner, key)) inner[key] = depth === keys.length - 1 && Array.isArray(value) ? [] : {}
    inner = inner[key] as Record<string, unknown>
  }
  if (Array.isArray(inner)) inner.push(...(value as unknown[]))
  else Object.assign(inner, value)
  return copy
}
