import type { ExchangeFormat } from '../../exchange/contract/format.ts'
import {
  type Foreign,
  type ForeignFile,
  type ImportFormat,
  importFinding,
  type ReadOptions,
} from '../sources/format.ts'

/**
 * A plugin's format as the import walks through files. Undefined for one that cannot be read.
 * @throws nothing: what the format finds is in the result
 */
export function fromExchange(format: ExchangeFormat): ImportFormat | undefined {
  const { id, kinds, detect, read } = format
  const [kind] = kinds
  if (!read || !detect || kind === undefined) return undefined
  return {
    id,
    kind,
    // A manifest is named after its kind's singular.
    manifestFile: `${kind.replace(/s$/, '')}.json`,
    extension: '',
    usesPlugin: false,
    isAnywhere: true,
    matches: (path) => detect.call(format, path) === 'sure',
    recognises: (text, path) => detect.call(format, path, text) !== undefined,
    stray: () => undefined,
    read: (file, options) => readOne(format, file, options),
  }
}

async function readOne(format: ExchangeFormat, file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const result = await format.read?.(file)
  const { definitions = [], findings = [] } = result ?? {}
  const [first, second] = definitions
  if (!first || second) {
    const message = `${file.path} holds ${definitions.length} definitions, and one is read of a file`
    const several = importFinding('NOFX_IMPORT_FORMAT', { file: file.path }, message, 'part the file')
    return { ok: false, findings: findings.length > 0 ? [...findings] : [several] }
  }
  const { id, manifest, files, kept: keptFields } = first
  const name = options.id ?? (options.prefix === undefined ? id : `${options.prefix}-${id}`)
  const own = options.owner === undefined ? { status: 'draft' } : { owner: options.owner }
  const renamed = Object.entries(manifest).map(([field, value]) => [field, value === id ? name : value])
  return {
    ok: true,
    definition: {
      id: name,
      manifest: { ...Object.fromEntries(renamed), ...own },
      files: { ...files },
      unmapped: keptFields,
      guesses: [],
    },
  }
}
