import { isDeepStrictEqual } from 'node:util'
import { createScanner, findNodeAtLocation, type Node, type ParseError, parse, parseTree } from 'jsonc-parser'
import { findLineEnd } from './edit.ts'

/** A place in a JSON document: keys from its root. */
export type JsonKeys = readonly string[]

/** `SyntaxKind` of jsonc-parser, whose const enum is not for modules that are compiled one by one. */
const [COMMA, LINE_COMMENT, BLOCK_COMMENT, LINE_BREAK, BLANK] = [5, 12, 13, 14, 15] as const
/** What may follow the last value before its container ends. */
const BEHIND: ReadonlySet<number> = new Set([COMMA, LINE_COMMENT, BLOCK_COMMENT, LINE_BREAK, BLANK])
const OPTIONS = { allowTrailingComma: true }
const BOM = '\ufeff'

/** The value of a JSON document with comments; undefined if it has errors. */
export function parseJson(text: string): unknown {
  const errors: ParseError[] = []
  const value: unknown = parse(withoutBom(text), errors, OPTIONS)
  return errors.length > 0 ? undefined : value
}

/**
 * Adds a property to a JSON document, which keeps its comments and its format. A property that exists stays as it is;
 * objects on the way to it are made.
 * @returns undefined if the document has errors, or if something else is in the way
 */
export function addProperty(text: string, keys: JsonKeys, value: unknown): string | undefined {
  return edited(text, (root) => {
    for (const [depth, key] of keys.entries()) {
      const node = findNodeAtLocation(root, [...keys.slice(0, depth)])
      if (node?.type !== 'object') return undefined
      if (findNodeAtLocation(root, [...keys.slice(0, depth + 1)])) continue
      const nested = keys.slice(depth + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
      return { node, key, value: nested }
    }
    return 'there'
  })
}

/** Adds an item to the end of the array at `keys`, which is made if it does not exist. */
export function addItem(text: string, keys: JsonKeys, item: unknown): string | undefined {
  if (parseJson(text) === undefined) return undefined
  const withArray = addProperty(text, keys, [item])
  if (withArray !== text) return withArray
  return edited(text, (root) => {
    const node = findNodeAtLocation(root, [...keys])
    return node?.type === 'array' ? { node, value: item } : undefined
  })
}

interface Insertion {
  /** The object or the array that gets the value. */
  node: Node
  /** Undefined in an array. */
  key?: string
  value: unknown
}

function edited(text: string, find: (root: Node) => Insertion | 'there' | undefined): string | undefined {
  const bare = withoutBom(text)
  const errors: ParseError[] = []
  const root = parseTree(bare, errors, OPTIONS)
  if (!root || errors.length > 0) return undefined
  const insertion = find(root)
  if (insertion === 'there') return text
  if (!insertion) return undefined
  const after = insert(bare, insertion)
  return addsOnly(bare, after, insertion, root) ? text.slice(0, text.length - bare.length) + after : undefined
}

const withoutBom = (text: string): string => (text.startsWith(BOM) ? text.slice(1) : text)

/** Whether the new document has the old values and the new one: a key that is there twice hides a value. */
function addsOnly(before: string, after: string, { node, key, value }: Insertion, root: Node): boolean {
  const [was, is] = [parse(before, [], OPTIONS), parseJson(after)]
  const keys = pathTo(root, node)
  const container = keys.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)?.[name], was)
  if (Array.isArray(container)) container.push(value)
  else if (container && key !== undefined) (container as Record<string, unknown>)[key] = value
  return isDeepStrictEqual(was, is)
}

function pathTo(root: Node, node: Node): string[] {
  const keys: string[] = []
  for (let inner: Node | undefined = node; inner && inner !== root; inner = inner.parent)
    if (inner.parent?.type === 'property') keys.unshift(String(inner.parent.children?.[0]?.value))
  return keys
}

function insert(text: string, { node, key, value }: Insertion): string {
  const end = findLineEnd(text)
  const last = node.children?.at(-1)
  const unit = /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  '
  const head = key === undefined ? '' : `${JSON.stringify(key)}: `
  const written = (indent: string) =>
    head + JSON.stringify(value, undefined, unit).replaceAll('\n', `${end}${indent}`)
  if (!last) {
    const base = indentAt(text, node.offset).blank
    const open = node.offset + 1
    const inner = text.slice(open, node.offset + node.length - 1)
    const close = /\n/.test(inner) ? '' : end + base
    return `${text.slice(0, open)}${end}${base}${unit}${written(base + unit)}${close}${text.slice(open)}`
  }
  const lastEnd = last.offset + last.length
  const { blank, alone } = indentAt(text, last.offset)
  if (!alone) return `${text.slice(0, lastEnd)}, ${head}${JSON.stringify(value)}${text.slice(lastEnd)}`
  const { comma, lineEnd } = afterLast(text, lastEnd)
  const middle = comma ? text.slice(lastEnd, lineEnd) : `,${text.slice(lastEnd, lineEnd)}`
  return `${text.slice(0, lastEnd)}${middle}${end}${blank}${written(blank)}${text.slice(lineEnd)}`
}

/** The blanks at the start of a place's line, and whether the place is the first other character of it. */
function indentAt(text: string, offset: number): { blank: string; alone: boolean } {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return { blank: /^[ \t]*/.exec(line)?.[0] ?? '', alone: /^[ \t]*$/.test(line) }
}

/** Whether a comma follows the last value, and where its line ends: behind the comments that belong to it. */
function afterLast(text: string, from: number): { comma: boolean; lineEnd: number } {
  const scanner = createScanner(text, false)
  scanner.setPosition(from)
  let [comma, lineEnd, sameLine] = [false, from, true]
  for (let kind: number = scanner.scan(); BEHIND.has(kind); kind = scanner.scan()) {
    const stop = scanner.getTokenOffset() + scanner.getTokenLength()
    if (kind === LINE_BREAK || scanner.getTokenValue().includes('\n')) sameLine = false
    if (kind === COMMA) [comma, sameLine] = [true, true]
    if (sameLine && kind !== BLANK) lineEnd = stop
  }
  return { comma, lineEnd }
}
