import type { Node, ParsedNode } from 'yaml'
import type { Diagnostic, Finding, Pointer } from '../../contract/diagnostic.ts'
import { findFrontMatter, isMarkdown } from '../../contract/manifest/front-matter.ts'
import { YAML_OPTIONS } from '../../contract/manifest/yaml-text.ts'
import { readPlaces, seekPlace } from './json-places.ts'

/** Where a definition's findings belong. */
export interface Located {
  kind: string
  id: string
  /** The definition's folder as people see it, with `/`. */
  dir: string
  /** Texts with LF line ends, by path inside the folder. */
  texts: ReadonlyMap<string, string>
}

type LineColumn = Pick<Diagnostic, 'line' | 'column'>

/** The offset of a pointer in one document, or of the key that it ends with. */
type Seek = (pointer: Pointer, wantsKey: boolean) => number

/**
 * Adds line and column (from 1, in UTF-16 code units) to one definition's findings, sorted by place.
 * Only files that a finding points into are parsed again, and only then is `yaml` loaded.
 */
export async function locate(findings: readonly Finding[], where: Located): Promise<Diagnostic[]> {
  const documents = new Map<string, Seek>()
  const lines = new Map<string, number[]>()
  const diagnostics: Diagnostic[] = []
  for (const finding of findings) {
    const text = where.texts.get(finding.file)
    const offset = text === undefined ? 0 : await findOffset(finding, text, documents)
    diagnostics.push(toDiagnostic(finding, where, position(finding.file, offset, text, lines)))
  }
  return diagnostics.sort(byPlace)
}

/** Order of findings for people: by path, line, column, rule. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  return compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Not spread: a file may have 40,000 findings. */
function toDiagnostic(
  { file, rule, severity, message, hint, pointer }: Finding,
  { kind, id, dir }: Located,
  { line, column }: LineColumn,
): Diagnostic {
  const path = file === '.' ? dir : `${dir}/${file}`
  const diagnostic: Diagnostic = { line, column, path, severity, rule, message, hint, kind, id }
  if (pointer !== undefined) diagnostic.pointer = pointer
  return diagnostic
}

async function findOffset(
  { file, pointer, key, offset }: Finding,
  text: string,
  documents: Map<string, Seek>,
): Promise<number> {
  if (offset !== undefined || pointer === undefined) return offset ?? 0
  const seek = documents.get(file) ?? (await read(text, file))
  documents.set(file, seek)
  return seek(pointer, key === true)
}

/** Only text that is not JSON is parsed as YAML: that takes twenty times as long. */
async function read(text: string, file: string): Promise<Seek> {
  const matter = isMarkdown(file) ? findFrontMatter(text) : undefined
  const root = matter ? undefined : readPlaces(text)
  if (root !== undefined) return (pointer, wantsKey) => seekPlace(root, pointer, wantsKey)
  const { start: shift, end } = matter ?? { start: 0, end: text.length }
  const node = await parse(text.slice(shift, end))
  return (pointer, wantsKey) => shift + seekNode(node, pointer, wantsKey)
}

async function parse(text: string): Promise<ParsedNode | null> {
  const { parseDocument } = await import('yaml')
  try {
    return parseDocument(text, YAML_OPTIONS).contents
  } catch {
    return null
  }
}

/** The place of a pointer; where the path ends early (an older spelling, a missing field), of its last known part. */
function seekNode(root: Node | null, pointer: Pointer, wantsKey: boolean): number {
  let node: Node | null = root
  let place = start(root)
  for (const [depth, part] of pointer.entries()) {
    const step = child(node, part)
    if (!step) return place
    const isLast = depth === pointer.length - 1
    place = start(isLast && wantsKey ? (step.key ?? step.value) : (step.value ?? step.key))
    node = step.value
  }
  return place
}

interface YamlChild {
  key?: Node | null
  value: Node | null
}

interface Pair {
  key?: Node
  value?: Node | null
}

interface Collection {
  items?: readonly Pair[]
}

/** Pairs by key, made once a collection: a manifest may have thousands of keys, and a finding for each. */
const pairsOf = new WeakMap<Collection, ReadonlyMap<string, Pair>>()

function child(node: Node | null, part: string | number): YamlChild | undefined {
  const collection = node as Collection | null
  if (!collection?.items) return undefined
  const pairs = pairsOf.get(collection) ?? byKey(collection.items)
  pairsOf.set(collection, pairs)
  const pair = pairs.get(String(part))
  if (pair) return { key: pair.key ?? null, value: pair.value ?? null }
  const item = typeof part === 'number' ? collection.items[part] : undefined
  return item && item.key === undefined ? { value: item as unknown as Node } : undefined
}

/** The last of repeated keys is the one that parsing keeps. */
function byKey(items: readonly Pair[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>()
  for (const item of items) if (item.key !== undefined) pairs.set(keyText(item.key), item)
  return pairs
}

function keyText(key: Node): string {
  return String((key as { value?: unknown }).value)
}

function start(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
}

function position(
  file: string,
  offset: number,
  text: string | undefined,
  startsByFile: Map<string, number[]>,
): LineColumn {
  if (text === undefined || offset === 0) return { line: 1, column: 1 }
  const starts = startsByFile.get(file) ?? lineStarts(text)
  startsByFile.set(file, starts)
  const at = Math.min(offset, text.length)
  const line = countUpTo(starts, at)
  return { line, column: at - (starts[line - 1] ?? 0) + 1 }
}

/** How many of the sorted numbers are at most `limit`. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
