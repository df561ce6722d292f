import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asDiskFailure } from '../../core/disk/disk-failure.ts'
import { writeAtomically } from '../../core/disk/write-atomically.ts'
import { type Files, type ImportRecord, inspectFiles } from './existing.ts'

/** What the last import of a definition wrote. */
export interface Base {
  /** The folder that the import started from, relative to the definitions root, with `/`. */
  from: string
  files: Files
}

/** Where a definition's base is kept: in the definitions root, beside the folders of the kinds. */
export function basePath(root: string, kind: string, id: string): string {
  return join(root, '.import', kind, `${id}.json`)
}

/** Reads the base that belongs to a record; undefined when it is missing, damaged or that of another import. */
export function readBase(path: string, manifestFile: string, record: ImportRecord): Base | undefined {
  const base = parse(path)
  if (!base) return undefined
  const inspected = inspectFiles(base.files, manifestFile)
  return inspected.state === 'imported' && inspected.record.outputSha256 === record.outputSha256
    ? base
    : undefined
}

/** Writes a base, unless the file holds the same already. */
export function writeBase(path: string, base: Base): void {
  const text = `${JSON.stringify(base, null, 2)}\n`
  try {
    if (readText(path) === text) return
    mkdirSync(dirname(path), { recursive: true })
    writeAtomically(path, text)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

function parse(path: string): Base | undefined {
  try {
    const value = JSON.parse(readText(path) ?? '') as Partial<Base> | null
    const files = value?.files
    const isBase =
      typeof value?.from === 'string' &&
      typeof files === 'object' &&
      files !== null &&
      Object.values(files).every((text) => typeof text === 'string')
    return isBase ? (value as Base) : undefined
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return undefined
  }
}
