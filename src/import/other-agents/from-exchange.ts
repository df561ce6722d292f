import type { ExchangeFormat, Ledger } from '../../exchange/contract/format.ts'
import { readOwn, writeOwn } from '../again/own-values.ts'
import {
  type Foreign,
  type ForeignFile,
  type Guess,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'

/**
 * A plugin's format as the import walks through files. Undefined for one that cannot be read.
 * @throws nothing: what the format finds is in the result
 */
export function fromExchange(format: ExchangeFormat): ImportFormat | undefined {
  const { id, kinds, detect, read, split } = format
  const [kind] = kinds
  if (!read || !detect || kind === undefined) return undefined
  return {
    id,
    kind,
    // A manifest is named after its kind's singular.
    manifestFile: `${kind.replace(/s$/, '')}.json`,
    extension: format.extension ?? '',
    usesPlugin: false,
    isAnywhere: true,
    matches: (path) => detect.call(format, path) === 'sure',
    recognises: (text, path) => detect.call(format, path, text) !== undefined,
    stray: (path, text) =>
      detect.call(format, path, text) === undefined ? 'it has no field of the format' : undefined,
    ...(split ? { split: (text: string) => split.call(format, text) } : {}),
    read: (file, options) => readOne(format, file, options),
  }
}

async function readOne(format: ExchangeFormat, file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const result = await format.read?.(file)
  const { definitions = [], findings = [], ledger = [] } = result ?? {}
  const [first, second] = definitions
  if (!first || second) {
    const message = `${file.path} holds ${definitions.length} definitions, and one is read of a file`
    const several = importFinding('NOFX_IMPORT_FORMAT', { file: file.path }, message, 'part the file')
    return { ok: false, findings: findings.length > 0 ? [...findings] : [several] }
  }
  const { id, manifest, files, kept: keptFields, isNamed } = first
  const name = isNamed ? id : (options.id ?? (options.prefix === undefined ? id : `${options.prefix}-${id}`))
  const renamed = Object.fromEntries(
    Object.entries(manifest).map(([field, value]) => [field, value === id ? name : value]),
  )
  const manifestFile = `${first.kind.replace(/s$/, '')}.json`
  const stated = readOwn(manifestFile, renamed)
  const own =
    options.owner === undefined ? { ...stated, status: 'draft' } : { owner: options.owner, ...stated }
  return {
    ok: true,
    definition: {
      id: name,
      manifest: writeOwn(manifestFile, renamed, own),
      files: { ...files },
      unmapped: keptFields,
      guesses: listGuesses(ledger),
    },
  }
}

/** What a person should look at: fields that are written as something else, or not at all. */
function listGuesses(ledger: Ledger): Guess[] {
  return ledger
    .filter(({ outcome }) => outcome === 'approximated' || outcome === 'dropped')
    .map(({ at, outcome, reason, limits }) => ({
      field: at,
      what: outcome,
      why: reason,
      ...(limits ? { needs: true } : {}),
    }))
}
