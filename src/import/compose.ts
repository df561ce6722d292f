import type { JsonObject } from '../contract/kind.ts'
import { isMarkdown } from '../contract/manifest/front-matter.ts'
import { type Files, type ImportRecord, markBytes, outputDigest } from './again/existing.ts'
import { fromJsonForm } from './again/front-form.ts'
import { readOwn, writeOwn } from './again/own-values.ts'
import { keepAll } from './keep.ts'
import type { ForeignDefinition, Guess, ImportFormat } from './sources/format.ts'

/** A definition's files as they are written. */
export interface Composed {
  id: string
  source: string
  /** A file that is not text has a text that names its hash. */
  files: Record<string, string>
  bytes?: ReadonlyMap<string, Uint8Array>
  executable?: ReadonlySet<string>
  guesses: Guess[]
}

/** What front matter may keep, bytes: there the record is JSON inside of a text, and shares 4 KiB with other values. */
const MATTER_ROOM = 2048

/**
 * Adds the record and what was kept to the manifest. `record.outputSha256` is a placeholder: the digest is made of
 * the files with it, then takes its place, so that any later edit shows.
 */
export function compose(
  format: ImportFormat,
  definition: ForeignDefinition,
  record: Omit<ImportRecord, 'format'>,
): Composed {
  const { manifestFile } = format
  const { bytes, executable } = definition
  const { unmapped, files: own } = keepAll(
    definition.unmapped,
    isMarkdown(manifestFile) ? MATTER_ROOM : undefined,
  )
  const manifest = (outputSha256: string): string => {
    const signed = { format: format.id, ...record, outputSha256 }
    const entry: JsonObject = Object.keys(unmapped).length > 0 ? { ...signed, kept: unmapped } : signed
    const values = readOwn(manifestFile, definition.manifest)
    const extra = { import: entry, ...(values.metadata as JsonObject | undefined) }
    const full = writeOwn(manifestFile, definition.manifest, { ...values, metadata: extra })
    return `${JSON.stringify(full, null, 2)}\n`
  }
  const marks = Object.fromEntries([...(bytes ?? [])].map(([path, one]) => [path, markBytes(one)]))
  const unsigned = { ...definition.files, ...own, ...marks, [manifestFile]: manifest(record.outputSha256) }
  const signed = { ...unsigned, [manifestFile]: manifest(outputDigest(unsigned)) }
  return {
    id: definition.id,
    source: record.source,
    files: fromJsonForm(manifestFile, signed),
    ...(bytes ? { bytes } : {}),
    ...(executable ? { executable } : {}),
    guesses: definition.guesses,
  }
}

/** Files to write: texts, and the bytes of those that are not text and were not changed. */
export function listContents(
  files: Files,
  { files: composed, bytes }: Composed,
): Record<string, string | Uint8Array> {
  const entries = Object.entries(files).map(([path, text]) => {
    const own = text === composed[path] ? bytes?.get(path) : undefined
    return [path, own ?? text] as const
  })
  return Object.fromEntries(entries)
}
