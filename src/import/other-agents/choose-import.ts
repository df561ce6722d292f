import { Failure } from '../../contract/failure.ts'
import type { ImportFormat } from '../sources/format.ts'
import { formatsNamed, IMPORT_FORMATS } from './import-formats.ts'

/**
 * The formats and the source that the words of a command name: `<from> [kind]`, or `<format> <from> [kind]`.
 * @param others formats of plugins, which come first
 * @throws Failure USAGE for a kind that nothing is imported as
 */
export function chooseImport(
  words: readonly (string | undefined)[],
  others: readonly ImportFormat[] = [],
): { formats: readonly ImportFormat[]; from: string } {
  const [first = '', second, third] = words
  const possible = [...others, ...IMPORT_FORMATS]
  const namedFormats =
    second === undefined ? [] : [...others.filter(({ id }) => id === first), ...formatsNamed(first)]
  const [from, kind, extra] = namedFormats.length > 0 ? [second ?? '', third] : [first, second, third]
  const all = namedFormats.length > 0 ? namedFormats : possible
  const formats = all.filter((format) => kind === undefined || format.kind === kind)
  if (extra === undefined && formats.length > 0) return { formats, from }
  const ids = [...new Set(possible.map(({ id }) => id))].join(', ')
  if (second !== undefined && namedFormats.length === 0 && third !== undefined)
    throw new Failure('USAGE', `"${first}" is not a format to import`, `use one of: ${ids}`)
  const kinds = [...new Set(all.map((format) => format.kind))].join(', ')
  throw new Failure(
    'USAGE',
    `"${kind}" is not a kind of the definitions to import`,
    `use one of: ${kinds}; a format comes before the folder: ${ids}`,
  )
}
