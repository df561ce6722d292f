import { join } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { shownPath } from '../disk/shown-path.ts'
import { eachPart, git, gitSync, splitNul } from './git-command.ts'
import type { EntryOddity, GitEntry } from './git-entry.ts'
import { gitSays } from './git-failure.ts'
import type { CommitPlace, DiskPlace, GitPlace } from './git-place.ts'
import { type Folders, PackedFolders } from './packed-folders.ts'

/** The entries of every definition, by `kind/id`, with paths relative to the definition's folder. */
export interface Definitions<Entry = GitEntry> {
  folders: Folders<Entry>
  /** Definitions whose own entry is not a folder. */
  odd: Map<string, EntryOddity>
}

const MODES: Readonly<Record<string, GitEntry['mode']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
}

/**
 * Every entry below a folder of a commit, one by one. `sizes` also reads the sizes, which makes a partial clone fetch.
 * @param paths folders inside it to which the list is limited
 * @throws Failure NO_COMMIT if the commit has something other than a folder there
 */
export async function listCommit(
  place: GitPlace,
  sha: string,
  { sizes = false, paths = [] }: { sizes?: boolean; paths?: readonly string[] } = {},
): Promise<Iterable<GitEntry>> {
  return parseEntries(await listTree(place, sha, ['-r', ...(sizes ? ['-l'] : [])], paths))
}

/** The same without sizes, for the few places that cannot wait and that know that the commit has the folder. */
export function listCommitNow(
  { cwd, path }: GitPlace,
  sha: string,
  paths: readonly string[],
): Iterable<GitEntry> {
  const words = ['ls-tree', '-r', '-z', '--full-tree', nameTree(sha, path), '--', ...paths]
  return parseEntries(gitSync(cwd, words, '').toString())
}

function* parseEntries(output: string): Generator<GitEntry> {
  for (const row of eachPart(output)) {
    const [mode = '', , oid = '', size] = row.slice(0, row.indexOf('\t')).split(/ +/)
    // "-" for a submodule, "BAD" for an object that this clone lacks.
    const knownSize = size !== undefined && /^\d+$/.test(size) ? { size: Number(size) } : {}
    yield { ...parseEntry(mode, oid, row), ...knownSize }
  }
}

/** What lies directly in some folders of a commit. */
export interface Shelf {
  /** The id of each folder's tree, by path. */
  trees: Map<string, string>
  /** Entries that are not folders. */
  others: GitEntry[]
}

/**
 * What lies in these folders inside of a folder of a commit, without what is deeper.
 * @throws Failure as `listCommit`
 */
export async function listShelf(place: GitPlace, sha: string, inside: readonly string[]): Promise<Shelf> {
  // A path with a slash lists what a folder has; an entry that is not a folder needs the path without one.
  const output = await listTree(
    place,
    sha,
    [],
    inside.flatMap((path) => [path, `${path}/`]),
  )
  const shelf: Shelf = { trees: new Map(), others: [] }
  for (const row of eachPart(output)) {
    const end = row.indexOf('\t')
    if (row.startsWith(TREE)) {
      shelf.trees.set(row.slice(end + 1), row.slice(TREE.length, end))
      continue
    }
    const [mode = '', , oid = ''] = row.slice(0, end).split(' ')
    shelf.others.push(parseEntry(mode, oid, row))
  }
  return shelf
}

/** How the row of a folder begins. */
const TREE = '040000 tree '

async function listTree(
  { cwd, path }: GitPlace,
  sha: string,
  flags: readonly string[],
  paths: readonly string[],
): Promise<string> {
  const name = nameTree(sha, path)
  const words = ['ls-tree', ...flags, '-z', '--full-tree', name, '--', ...paths]
  return git(cwd, words).catch(async (error: unknown) => {
    const tree = await git(cwd, ['rev-parse', '--verify', '--quiet', name]).catch(() => '')
    if (tree === '') return ''
    throw new Failure(
      'NO_COMMIT',
      `commit ${sha.slice(0, 12)} has no folder ${path} that git can list: ${gitSays(error)}`,
      'commit the definitions in a folder, and fetch what this clone lacks',
    )
  })
}

/**
 * Every staged entry below a folder.
 * @throws Failure INPUT_UNREADABLE for a file with a merge conflict
 */
export async function listIndex({ cwd, rest }: DiskPlace): Promise<GitEntry[]> {
  const output = await git(cwd, ['ls-files', '--stage', '-z', '--', rest || '.'])
  return splitNul(output).map((row) => {
    const [mode = '', oid = '', stage] = row.slice(0, row.indexOf('\t')).split(' ')
    const entry = parseEntry(mode, oid, row)
    if (stage !== '0') throw inConflict(shownPath(join(cwd, entry.path)))
    return { ...entry, path: below(rest, entry.path) }
  })
}

/** @param path as a person types it here */
function inConflict(path: string): Failure {
  const hint = `resolve it and stage it: git add ${quoteWord(path)}`
  return new Failure('INPUT_UNREADABLE', `${path} has a merge conflict`, hint)
}

/**
 * What git does not track, ignored or not, relative to the folder; a folder of which it tracks nothing has a
 * `/` at its end, also an empty one.
 */
export async function listOthers({ cwd, rest }: DiskPlace): Promise<string[]> {
  const output = await git(cwd, ['ls-files', '--others', '--directory', '-z', '--', rest || '.'])
  return splitNul(output).map((path) => below(rest, path))
}

/** Every file that git tracks in the folder, relative to `cwd`: a flag, a space, the path and a NUL each. */
export function listTracked({ cwd, rest }: DiskPlace): Promise<string> {
  return git(cwd, ['ls-files', '-v', '-z', '--', rest || '.'])
}

/** What git was asked already about a folder. */
export interface GitLists {
  /** Where the folder is, and the commit at HEAD. */
  readonly at?: CommitPlace | undefined
  /** The setting `core.autocrlf`; `false` unless it is set. */
  readonly autocrlf?: string | undefined
  /** What `listTracked` gives; undefined if git fails. */
  readonly listing?: Promise<string | undefined>
  /** Whether git flags and converts no file of its index; false where it has to be asked. */
  readonly isPlain?: Promise<boolean>
  /** What `listOthers` gives. */
  readonly others?: Promise<readonly string[]>
  /** Whether every file of a definition that git tracks is as its index has it. */
  readonly unmodified?: Promise<boolean>
}

/** Converts a path relative to `cwd` to a path relative to the folder. */
export function below(rest: string, path: string): string {
  return rest === '' ? path : path.slice(rest.length + 1)
}

/** How git names a folder of a commit. */
function nameTree(sha: string, path: string): string {
  return path === '' ? `${sha}^{tree}` : `${sha}:${path}`
}

function parseEntry(mode: string, oid: string, row: string): GitEntry {
  return { path: row.slice(row.indexOf('\t') + 1), mode: MODES[mode] ?? 'file', oid }
}

/**
 * Groups entries by definition; files beside the definitions' folders belong to none.
 * @throws Failure NO_COMMIT for a kind's folder that is a file, a symbolic link or a submodule
 */
export function groupEntries(
  entries: Iterable<GitEntry>,
  kinds: readonly Kind[],
  shownPath: string,
): Definitions {
  const kindIds = new Set(kinds.map((kind) => kind.id))
  const folders = new PackedFolders()
  const odd: Definitions['odd'] = new Map()
  for (const entry of entries) {
    const [kind = '', id, ...steps] = entry.path.split('/')
    if (!kindIds.has(kind)) continue
    const isLeaf = entry.mode !== 'file' && entry.mode !== 'executable'
    if (id === undefined) throw notInCommit(`${shownPath}/${kind}`, entry.mode)
    if (id.startsWith('.')) continue
    const name = nameOf({ kind, id })
    if (steps.length > 0) folders.add(name, { ...entry, path: steps.join('/') })
    else if (isLeaf) odd.set(name, entry.mode as EntryOddity)
  }
  return { folders, odd }
}

function notInCommit(path: string, mode: string): Failure {
  const what = { submodule: 'a submodule', symlink: 'a symbolic link' }[mode] ?? 'a file'
  return new Failure(
    'NO_COMMIT',
    `${path} is ${what} in the commit, so the definitions in it are not in the commit`,
    'commit the folder itself, or name the real one as "nofx": { "definitions": "…" } in package.json',
  )
}
