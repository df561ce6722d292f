import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { toJsonForm } from './front-form.ts'
import { readOwn } from './own-values.ts'

/** Texts by path. */
export type Files = Readonly<Record<string, string>>

/** The record that an import leaves in `metadata.import`: hex SHA-256 of the source's text and of what was written. */
export interface ImportRecord {
  format: string
  /** Relative to where the import started, with `/`. */
  source: string
  sourceSha256: string
  outputSha256: string
}

/** A folder that an import wrote. */
export interface Imported {
  record: ImportRecord
  manifest: JsonObject
  files: Files
}

/**
 * What stands at the place of a definition: nothing, something that is not a folder, a definition that no import made,
 * an import that was edited since, or an import as it was written.
 */
export type Existing =
  | { state: 'absent' }
  | { state: 'blocked' }
  | { state: 'foreign'; files: Files }
  | ({ state: 'edited' } & Imported)
  | ({ state: 'imported' } & Imported)

/** Stands where the output's digest will be while that digest is made. */
export const UNSIGNED = '0'.repeat(64)

/** Digest of a folder's files, independent of their order and of CRLF. */
export function outputDigest(files: Files): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}

/** Looks at the folder where a definition will go. */
export function inspectExisting(dir: string, manifestFile: string): Existing {
  const entry = lstatSync(dir, { throwIfNoEntry: false })
  if (!entry) return { state: 'absent' }
  if (!entry.isDirectory()) return { state: 'blocked' }
  return inspectFiles(readFiles(dir), manifestFile)
}

/** Whether these files are an import, and whether they are as it wrote them. */
export function inspectFiles(
  files: Files,
  manifestFile: string,
): Extract<Existing, { state: 'foreign' | 'edited' | 'imported' }> {
  const form = toJsonForm(manifestFile, files)
  const manifest = parseObject(form[manifestFile])
  const own = manifest && readOwn(manifestFile, manifest)
  const record = objectAt(objectAt(own, 'metadata'), 'import') as Partial<ImportRecord> | undefined
  if (!manifest || !isRecord(record)) return { state: 'foreign', files }
  const unsigned = {
    ...form,
    [manifestFile]: (form[manifestFile] ?? '').replace(record.outputSha256, UNSIGNED),
  }
  const state = outputDigest(unsigned) === record.outputSha256 ? 'imported' : 'edited'
  return { state, record, manifest, files }
}

/** The text that stands for a file that is not text. */
export function markBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Every file's text; a file that is not UTF-8 has one with its hash. */
function readFiles(dir: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {}
  for (const entry of readdirSync(join(dir, prefix), { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) Object.assign(files, readFiles(dir, `${path}/`))
    else files[path] = entry.isFile() ? textOf(readFileSync(join(dir, path))) : ''
  }
  return files
}

function textOf(bytes: Buffer): string {
  return isUtf8(bytes) ? foldLines(bytes.toString('utf8')) : markBytes(bytes)
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
  return isObject(value) ? value : undefined
}

function isRecord(record: Partial<ImportRecord> | undefined): record is ImportRecord {
  const fields = [record?.format, record?.source, record?.sourceSha256, record?.outputSha256]
  return fields.every((field) => typeof field === 'string' && field !== '')
}
