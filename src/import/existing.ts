import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../contract/kind.ts'
import { foldLines } from '../contract/manifest/fold-lines.ts'

/** The record that an import leaves in `metadata.import`: hex SHA-256 of the source's text and of what was written. */
export interface ImportRecord {
  format: string
  /** Relative to where the import started, with `/`. */
  source: string
  sourceSha256: string
  outputSha256: string
}

/** What is in the way of a definition: nothing, somebody's work, or an earlier import as it was written. */
export type Existing =
  | { state: 'absent' }
  | { state: 'blocked' }
  | { state: 'foreign' }
  | { state: 'edited' }
  | { state: 'imported'; record: ImportRecord; manifest: JsonObject; files: Record<string, string> }

/** Stands where the output's digest will be while that digest is made. */
export const UNSIGNED = '0'.repeat(64)

/** Digest of a folder's files, independent of their order and of CRLF. */
export function outputDigest(files: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}

/** Looks at the folder where a definition will go. */
export function inspectExisting(dir: string, manifestFile: string): Existing {
  const entry = lstatSync(dir, { throwIfNoEntry: false })
  if (!entry) return { state: 'absent' }
  if (!entry.isDirectory()) return { state: 'blocked' }
  const files = readFiles(dir)
  const manifest = parseObject(files[manifestFile])
  const record = objectAt(objectAt(manifest, 'metadata'), 'import') as Partial<ImportRecord> | undefined
  if (!manifest || !isRecord(record)) return { state: 'foreign' }
  const unsigned = {
    ...files,
    [manifestFile]: (files[manifestFile] ?? '').replace(record.outputSha256, UNSIGNED),
  }
  if (outputDigest(unsigned) !== record.outputSha256) return { state: 'edited' }
  return { state: 'imported', record, manifest, files }
}

/** Every file's text. Bytes that are no UTF-8 come out altered, which is enough to tell that somebody added them. */
function readFiles(dir: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {}
  for (const entry of readdirSync(join(dir, prefix), { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) Object.assign(files, readFiles(dir, `${path}/`))
    else files[path] = entry.isFile() ? foldLines(readFileSync(join(dir, path), 'utf8')) : ''
  }
  return files
}

function parseObject(text: string | undefined): JsonObject | undefined {
  try {
    return objectAt({ value: JSON.parse(text ?? '') }, 'value')
  } catch {
    return undefined
  }
}

function objectAt(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent && Object.hasOwn(parent, key) ? parent[key] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

function isRecord(record: Partial<ImportRecord> | undefined): record is ImportRecord {
  const fields = [record?.format, record?.source, record?.sourceSha256, record?.outputSha256]
  return fields.every((field) => typeof field === 'string' && field !== '')
}
