import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathProblem } from '../contract/check/file-rules.ts'
import { SHA256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { writeAtomically } from '../core/disk/write-atomically.ts'

/** The file in a target that says what exports wrote there. */
export const RECORD_FILE = '.nofx-export.json'
const FORMAT_VERSION = 1

/** The definition that a file was made of. */
export interface RecordedSource {
  kind: string
  id: string
  version?: number
  digest: string
}

/** A file that an export wrote, or its section of a file. */
export interface RecordedFile {
  format: string
  sha256: string
  /** The hash before an export that may have been interrupted. */
  before?: string
  /** The lines around the section, where only a section is the export's. */
  section?: { start: string; end: string }
  /** The members of an object in the file, where only they are the export's. */
  members?: { key: string; names: readonly string[] }
  from: RecordedSource[]
}

/** Files by their path below the target. */
export type ExportRecord = ReadonlyMap<string, RecordedFile>

/**
 * Reads what earlier exports wrote into a folder.
 * @throws Failure INPUT_UNREADABLE for a file that is not such a record
 */
export function readRecord(to: string): ExportRecord {
  const path = join(to, RECORD_FILE)
  if (!existsSync(path)) return new Map()
  const files = parseRecord(readText(path))
  // A path out of the folder is not one of an export, and nothing is removed by it.
  if (files)
    return new Map([...files].filter(([file]) => pathProblem(file) === undefined && file !== RECORD_FILE))
  throw new Failure(
    'INPUT_UNREADABLE',
    `${path} is not a record of exports`,
    'restore it from git, or remove it: files that the next export would write are then compared one by one',
    { at: path },
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}

function parseRecord(text: string): Map<string, RecordedFile> | undefined {
  try {
    const { formatVersion, files } = JSON.parse(text) as { formatVersion?: unknown; files?: unknown }
    if (formatVersion !== FORMAT_VERSION || typeof files !== 'object' || files === null) return undefined
    const entries = Object.entries(files as Record<string, unknown>)
    return entries.every(([, file]) => isRecorded(file))
      ? new Map(entries as [string, RecordedFile][])
      : undefined
  } catch {
    return undefined
  }
}

function isRecorded(file: unknown): file is RecordedFile {
  const { format, sha256, before, section, members, from } = (file ?? {}) as Partial<
    Record<keyof RecordedFile, unknown>
  >
  const { start, end } = (section ?? { start: ' ', end: ' ' }) as Record<string, unknown>
  const { key, names } = (members ?? { key: ' ', names: [] }) as Record<string, unknown>
  const isHash = (value: unknown) => typeof value === 'string' && SHA256.test(value)
  return (
    typeof format === 'string' &&
    isHash(sha256) &&
    (before === undefined || isHash(before)) &&
    [start, end].every((mark) => typeof mark === 'string' && mark !== '') &&
    typeof key === 'string' &&
    Array.isArray(names) &&
    names.every((name) => typeof name === 'string') &&
    Array.isArray(from) &&
    from.every((one) => typeof one?.kind === 'string' && typeof one?.id === 'string')
  )
}

/** Writes the record, sorted by path, so that the same files give the same bytes. */
export function writeRecord(to: string, record: ExportRecord): void {
  const sorted = [...record].sort(([a], [b]) => (a < b ? -1 : 1))
  const document = { formatVersion: FORMAT_VERSION, files: Object.fromEntries(sorted) }
  const text = `${JSON.stringify(document, null, 2)}\n`
  const path = join(to, RECORD_FILE)
  if (existsSync(path) && readText(path) === text) return
  try {
    writeAtomically(path, text)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}
