import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { git } from '../git/git-command.ts'
import { type GitLists, listOthers, listTracked } from '../git/git-entries.ts'
import type { GitPlace } from '../git/git-place.ts'
import { type GitIndex, type IndexFiles, listUnflagged } from './git-index.ts'
import type { WorkingTree } from './tree.ts'

/** Attributes by which git writes other bytes into the working tree than the commit has (git, "gitattributes"). */
const CONVERTING = new Set(['text', 'eol', 'crlf', 'filter', 'ident', 'working-tree-encoding'])

/**
 * The names of definitions that git's index does not show, without a look at single files, to be the commit's on disk. Their
 * files have to be compared; it does not mean that something differs.
 * @param pendingExtras what `listExtras` gives
 * @returns undefined if that holds for all definitions
 */
export async function findUnproven(
  { kinds }: WorkingTree,
  { candidates, flagged, files, isOff }: GitIndex,
  pendingExtras: Promise<readonly string[] | undefined>,
): Promise<ReadonlySet<string> | undefined> {
  if (isOff || files === undefined || candidates === undefined || flagged.size > 0) return undefined
  const extras = await pendingExtras
  return extras && nameDefinitions([...candidates, ...extras], kinds)
}

/**
 * What git does not track in the definitions; undefined if it converts one of the files of its index. The attributes inside of
 * the definitions are the index's, which proves nothing if a file with them differs from it.
 * @param lists what git was asked already
 */
export async function listExtras(
  { root, kinds }: WorkingTree,
  place: GitPlace,
  pendingFiles: Promise<IndexFiles>,
  { others: pendingOthers, autocrlf, isPlain }: GitLists = {},
): Promise<readonly string[] | undefined> {
  const others = pendingOthers ?? listOthers(place)
  // The question may be answered without them.
  others.catch(() => {})
  if (await isPlain) return listUnlessConverted(others)
  const lineEnds = convertsLineEnds(place, autocrlf)
  const { files } = await pendingFiles
  if (files === undefined) return undefined
  return listUnlessConverted(
    others,
    lineEnds,
    isConverted(place, files, hasAttributesAbove(place, root, kinds)),
  )
}

/** The definitions that have these paths, or are one of them; undefined if a path may concern others as well. */
function nameDefinitions(paths: readonly string[], kinds: readonly Kind[]): Set<string> | undefined {
  const kindIds = new Set(kinds.map(({ id }) => id))
  const names = new Set<string>()
  for (const path of paths) {
    const [kind = '', id = ''] = path.split('/')
    // Attributes that differ may convert other files.
    if (kind === '' || kind === '.' || path.endsWith(ATTRIBUTES)) return undefined
    if (!kindIds.has(kind)) continue
    if (id === '') return undefined
    if (!id.startsWith('.')) names.add(nameOf({ kind, id }))
  }
  return names
}

/** The same as `showsAll`, where it can be told without git. */
export async function tracksAll(
  { kinds }: Pick<WorkingTree, 'kinds'>,
  { isPlain, others }: GitLists,
): Promise<boolean> {
  const extras = (await isPlain) && (await others?.catch(() => undefined))
  return extras ? areBeside(extras, kinds) : false
}

/**
 * Whether git shows each difference of a definition from the commit, so that it need not be asked which there are: it
 * ignores, overlooks, leaves out and converts no file. False means that the files have to be compared.
 * @param lists what git was asked already
 */
export async function showsAll(
  { root, kinds }: WorkingTree,
  place: GitPlace,
  lists: GitLists = {},
): Promise<boolean> {
  const others = lists.others ?? listOthers(place)
  const lineEnds = convertsLineEnds(place, lists.autocrlf)
  // The question may be answered without them.
  others.catch(() => {})
  const listing = await (lists.listing ?? listTracked(place).catch(() => undefined))
  const files = listing === undefined ? undefined : listUnflagged(listing)
  if (files === undefined || !existsSync(place.index)) return false
  // Attributes that are tracked may have been changed.
  const onDisk = files.includes(`${ATTRIBUTES}\0`) || hasAttributesAbove(place, root, kinds)
  const extras = await listUnlessConverted(others, lineEnds, isConverted(place, files, onDisk))
  return extras !== undefined && areBeside(extras, kinds)
}

/** What git does not track; undefined if it converts a file, or fails. */
async function listUnlessConverted(
  // Also empty folders: git passes over a repository that was begun in one.
  others: Promise<readonly string[]>,
  ...conversions: Promise<boolean>[]
): Promise<readonly string[] | undefined> {
  const answers = await Promise.all([others, ...conversions]).catch(() => undefined)
  return answers?.includes(true) ? undefined : (answers?.[0] as readonly string[] | undefined)
}

/** Whether git is set to convert the line ends of all files that look like text. */
async function convertsLineEnds({ cwd }: GitPlace, autocrlf?: string): Promise<boolean> {
  const answer = autocrlf ?? (await git(cwd, ['config', 'core.autocrlf']).catch(() => 'false'))
  return answer.trim() !== 'false'
}

/** Whether each path is outside of every kind's folder, or beside the definitions in one. */
export function areBeside(paths: readonly string[], kinds: readonly Kind[]): boolean {
  const kindIds = new Set(kinds.map(({ id }) => id))
  return paths.every((path) => isBeside(path, kindIds))
}

function isBeside(path: string, kindIds: ReadonlySet<string>): boolean {
  const [kind = '', id, ...steps] = path.split('/')
  if (kind === '' || kind === '.') return false
  if (!kindIds.has(kind)) return true
  return id !== undefined && id !== '' && (id.startsWith('.') || steps.length === 0)
}

/** Whether there is a file with attributes above the definitions, tracked or not. */
function hasAttributesAbove({ cwd, path }: GitPlace, root: string, kinds: readonly Kind[]): boolean {
  const above = path === '' ? [] : path.split('/').map((_step, index) => '../'.repeat(index + 1))
  const folders = ['', ...above].map((steps) => join(cwd, steps))
  return [...folders, ...kinds.map(({ id }) => join(root, id))].some((one) =>
    existsSync(join(one, ATTRIBUTES)),
  )
}

/** A file of git with attributes for the files beside and below it. */
const ATTRIBUTES = '.gitattributes'

/**
 * Whether git writes one of these files with other bytes.
 * @param onDisk whether the attributes on disk count that may not be in the index; git looks for them in every folder
 */
async function isConverted({ cwd }: GitPlace, files: string, onDisk: boolean): Promise<boolean> {
  const words = ['check-attr', ...(onDisk ? [] : ['--cached']), '--all', '-z', '--stdin']
  const answer = await git(cwd, words, files).catch(() => undefined)
  // Three fields for each attribute that has a value: the path, the attribute and the value.
  return answer === undefined || answer.split('\0').some((field, at) => at % 3 === 1 && CONVERTING.has(field))
}
