import type { Source } from '../../../src/contract/source.ts'

/** A folder as collecting gives it, made of texts. */
export function sourceOf(texts: Record<string, string>, id = 'first-note'): Source {
  const files = Object.entries(texts).map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
  return { kind: 'notes', id, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), findings: [] }
}
