import { createHash } from 'node:crypto'
import type { ImportSources } from './find-sources.ts'
import type { ImportFormat } from './format.ts'
import { type ForeignTextResult, readForeign } from './read-foreign.ts'

/** The largest list, bytes. */
const MOST_BYTES = 32 * 1024 * 1024

/** The same sources, with the entries of each list in the place of the list: `servers.json#io.github.acme/books`. */
export function partLists(format: ImportFormat, sources: ImportSources): ImportSources {
  const { split } = format
  if (!split) return sources
  const texts = new Map<string, string>()
  const paths = sources.paths.flatMap((path) => {
    const read = readForeign(sources.base, path, MOST_BYTES)
    const entries = read.ok ? split.call(format, read.text) : undefined
    return entries?.map(({ name, text }) => addEntry(texts, path, name, text)) ?? [path]
  })
  return { ...sources, paths, texts }
}

function addEntry(texts: Map<string, string>, path: string, name: string, text: string): string {
  let source = `${path}#${name}`
  for (let count = 2; texts.has(source); count++) source = `${path}#${name}-${count}`
  texts.set(source, text)
  return source
}

/** Reads a source: a file, or an entry of a list. */
export function readSource({ base, texts }: ImportSources, source: string): ForeignTextResult {
  const text = texts?.get(source)
  if (text === undefined) return readForeign(base, source)
  return { ok: true, text, sha256: createHash('sha256').update(text).digest('hex') }
}
