import type { JsonObject } from '../contract/kind.ts'
import { type ImportRecord, outputDigest } from './again/existing.ts'
import { readOwn, writeOwn } from './again/own-values.ts'
import { keepAll } from './keep.ts'
import type { ForeignDefinition, Guess, ImportFormat } from './sources/format.ts'

/** A definition's files as they are written. */
export interface Composed {
  id: string
  source: string
  files: Record<string, string>
  guesses: Guess[]
}

/**
 * Adds the record and what was kept to the manifest. `record.outputSha256` is a placeholder: the digest is made of
 * the files with it, then takes its place, so that any later edit shows.
 */
export function compose(
  format: ImportFormat,
  definition: ForeignDefinition,
  record: Omit<ImportRecord, 'format'>,
): Composed {
  const { unmapped, files: own } = keepAll(definition.unmapped)
  const manifest = (outputSha256: string): string => {
    const signed = { format: format.id, ...record, outputSha256 }
    const entry: JsonObject = Object.keys(unmapped).length > 0 ? { ...signed, kept: unmapped } : signed
    const own = { ...readOwn(format.manifestFile, definition.manifest), metadata: { import: entry } }
    return `${JSON.stringify(writeOwn(format.manifestFile, definition.manifest, own), null, 2)}\n`
  }
  const unsigned = { ...definition.files, ...own, [format.manifestFile]: manifest(record.outputSha256) }
  const files = { ...unsigned, [format.manifestFile]: manifest(outputDigest(unsigned)) }
  return { id: definition.id, source: record.source, files, guesses: definition.guesses }
}
