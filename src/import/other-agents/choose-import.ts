import { Failure } from '../../contract/failure.ts'
import type { ImportFormat } from '../sources/format.ts'
import { formatsNamed, IMPORT_FORMATS } from './import-formats.ts'

/**
 * The formats and the source that the words of a command name: `<from> [kind]`, or `<format> <from> [kind]`.
 * @throws Failure USAGE for a kind that nothing is imported as
 */
export function chooseImport(words: readonly (string | undefined)[]): {
  formats: readonly ImportFormat[]
  from: string
} {
  const [first = '', second, third] = words
  const named = second === undefined ? [] : formatsNamed(first)
  const [from, kind, extra] = named.length > 0 ? [second ?? '', third] : [first, second, third]
  const all = named.length > 0 ? named : IMPORT_FORMATS
  const formats = all.filter((format) => kind === undefined || format.kind === kind)
  if (extra === undefined && formats.length > 0) return { formats, from }
  const ids = [...new Set(IMPORT_FORMATS.map(({ id }) => id))].join(', ')
  if (second !== undefined && named.length === 0 && third !== undefined)
    throw new Failure('USAGE', `"${first}" is not a format to import`, `use one of: ${ids}`)
  const kinds = [...new Set(all.map((format) => format.kind))].join(', ')
  throw new Failure(
    'USAGE',
    `"${kind}" is not a kind of the definitions to import`,
    `use one of: ${kinds}; a format comes before the folder: ${ids}`,
  )
}
