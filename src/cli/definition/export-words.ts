import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { pickKind } from '../kinds.ts'
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
  const [, kind, id, version] = /^(?:([^@/]+)\/)?([^@/]+)@([^@]+)$/.exec(word) ?? []
  if (id !== undefined && version !== undefined)
    return { from: 'version', ...(kind === undefined ? {} : { kind }), id, version: parseVersion(version) }
  throw new Failure(
    'USAGE',
    `--from ${JSON.stringify(word.slice(0, 80))} is not a source`,
    'write tree, live, or <id>@<version> such as reviewer@v3 or skills/release-notes@v3',
  )
}

/**
 * The definitions that an export is about: those named, else all of the kinds that the format takes. With a version
 * whose kind nothing names, each kind that may have it.
 * @throws Failure USAGE
 */
export function selectForExport(
  kinds: readonly Kind[],
  { id: format, kinds: formatKinds }: { id: string; kinds: readonly string[] },
  words: readonly string[],
  source: ExportSource,
): { kind: Kind; ids: string[] }[] {
  const namedSelections = words.length > 0 ? [splitDefinitions(kinds, words, `export ${format}`)] : undefined
  const selections =
    namedSelections ??
    kinds.filter(({ id }) => formatKinds.includes(id)).map((kind) => ({ kind, ids: [] as string[] }))
  const requireKind = (kind: Kind) => {
    if (formatKinds.includes(kind.id)) return
    throw new Failure('USAGE', `${format} has no ${kind.id}`, `it takes: ${formatKinds.join(', ')}`)
  }
  for (const { kind } of selections) requireKind(kind)
  if (source.from !== 'version') return selections
  const kindOfVersion = source.kind === undefined ? undefined : pickKind(kinds, source.kind)
  if (kindOfVersion) requireKind(kindOfVersion)
  const fitting = selections.filter(
    ({ kind, ids }) =>
      (kindOfVersion === undefined || kind === kindOfVersion) && ids.every((id) => id === source.id),
  )
  if (fitting.length > 0) return fitting.map(({ kind }) => ({ kind, ids: [source.id] }))
  const from = spell(source)
  throw new Failure(
    'USAGE',
    `--from ${from} names another definition than the words do`,
    `write: nofx export ${format} --from ${from} --to <folder>`,
  )
}

/**
 * Of the kinds that may have the version of `--from`, the one that has a definition of that id.
 * @throws Failure USAGE if several have one, NOT_FOUND
 */
export async function chooseKind<Selection extends { kind: Kind }>(
  registry: Pick<Registry, 'head' | 'label'>,
  selections: readonly Selection[],
  source: ExportSource,
): Promise<readonly Selection[]> {
  if (source.from !== 'version' || selections.length < 2) return selections
  const { id, version } = source
  const heads = await Promise.all(selections.map(({ kind }) => registry.head(kind.id, id)))
  const matches = selections.filter((_selection, at) => heads[at] !== undefined)
  if (matches.length === 1) return matches
  const kindIds = selections.map(({ kind }) => kind.id).join(', ')
  if (matches.length === 0)
    throw new Failure(
      'NOT_FOUND',
      `none of ${kindIds} has "${id}" in ${registry.label}`,
      'see: nofx registry list',
    )
  const forms = matches.map(({ kind }) => `--from ${spell({ kind: kind.id, id, version })}`)
  throw new Failure(
    'USAGE',
    `"${id}" is a definition of ${matches.length} kinds`,
    `name the kind: ${forms.join(', or ')}`,
  )
}

function spell({ kind, id, version }: { kind?: string; id: string; version: number }): string {
  return `${kind === undefined ? id : nameOf({ kind, id })}@v${version}`
}
