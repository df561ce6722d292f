import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { mainKind } from '../../core/main-kind.ts'
import { splitDefinitions } from './definition-args.ts'
import { parseVersion } from './version-flag.ts'

/** Where an export reads: the working tree, what is live, or one version. */
export type ExportSource =
  | { from: 'tree' }
  | { from: 'live' }
  | { from: 'version'; kind?: string; id: string; version: number }

/**
 * Reads the flag `--from`.
 * @throws Failure USAGE
 */
export function parseSource(word: string): ExportSource {
  if (word === 'tree' || word === 'live') return { from: word }
  const [, kind, id, version] = /^(?:([a-z0-9_-]+)\/)?([^@/]+)@([^@]+)$/.exec(word) ?? []
  if (id !== undefined && version !== undefined)
    return { from: 'version', ...(kind === undefined ? {} : { kind }), id, version: parseVersion(version) }
  throw new Failure(
    'USAGE',
    `--from ${JSON.stringify(word.slice(0, 80))} is not a source`,
    'write tree, live, or <id>@<version> such as reviewer@v3 or agents/reviewer@v3',
  )
}

/**
 * The definitions that an export is about: those named, else all of the kinds that the format takes.
 * @throws Failure USAGE
 */
export function selectForExport(
  kinds: readonly Kind[],
  { id: format, kinds: formatKinds }: { id: string; kinds: readonly string[] },
  words: readonly string[],
  source: ExportSource,
): { kind: Kind; ids: string[] }[] {
  const possible = kinds.filter(({ id }) => formatKinds.includes(id))
  const isNamedBySource = words.length === 0 && source.from === 'version' && source.kind !== undefined
  const used = isNamedBySource ? [nameOf({ kind: source.kind ?? '', id: source.id })] : words
  const namedSelections = used.length > 0 ? [splitDefinitions(kinds, used, `export ${format}`)] : undefined
  const stranger = namedSelections?.find(({ kind }) => !formatKinds.includes(kind.id))
  if (stranger)
    throw new Failure('USAGE', `${format} has no ${stranger.kind.id}`, `it takes: ${formatKinds.join(', ')}`)
  const selections = namedSelections ?? possible.map((kind) => ({ kind, ids: [] }))
  if (source.from !== 'version') return selections
  const [only, second] = selections
  const isOther = source.kind !== undefined && ![only?.kind.id, only?.kind.singular].includes(source.kind)
  if (!only || second || isOther || only.ids.some((id) => id !== source.id))
    throw new Failure(
      'USAGE',
      `--from ${source.id}@v${source.version} names another definition than the words do`,
      `write: nofx export ${format} ${mainKind(possible)?.id ?? 'agents'} --from ${source.id}@v${source.version} --to <folder>`,
    )
  return [{ kind: only.kind, ids: [source.id] }]
}
