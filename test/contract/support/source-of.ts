import type { Source } from '../../../src/contract/source.ts'

/** The source that collecting would make of a folder with these texts. */
export function sourceOf(texts: Record<string, string>, id = 'first-note'): Source {
  const files = Object.entries(texts).map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
  return { kind: 'notes', id, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), findings: [] }
}
