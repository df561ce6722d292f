import { join } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { shownPath } from '../disk/shown-path.ts'
import { git, splitNul } from './git-command.ts'
import { gitSays } from './git-failure.ts'
import type { DiskPlace, GitPlace } from './git-place.ts'

/** The type of an entry that is neither a file nor a folder. */
export type EntryOddity = 'symlink' | 'submodule' | 'other'

/** One entry of a tree or an index. `path` is relative to the definitions' root. */
export interface GitEntry {
  path: string
  mode: 'file' | 'executable' | EntryOddity
  oid: string
  /** Size of the object in bytes, if sizes were requested. */
  size?: number
}

/** The entries of every definition, by `kind/id`, with paths relative to the definition's folder. */
export interface Definitions<Entry = GitEntry> {
  folders: Map<string, Entry[]>
  /** Definitions whose own entry is not a folder. */
  odd: Map<string, EntryOddity>
}

const MODES: Readonly<Record<string, GitEntry['mode']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
}

/**
 * Every entry below a folder of a commit. `sizes` also reads the sizes, which makes a partial clone fetch.
 * @throws Failure NO_COMMIT if the commit has something other than a folder there
 */
export async function listCommit(place: GitPlace, sha: string, sizes = false): Promise<GitEntry[]> {
  const { cwd, path } = place
  const name = path === '' ? `${sha}^{tree}` : `${sha}:${path}`
  const words = ['ls-tree', '-r', '-z', '--full-tree', ...(sizes ? ['-l'] : []), name]
  const output = await git(cwd, words).catch(async (error: unknown) => {
    const tree = await git(cwd, ['rev-parse', '--verify', '--quiet', name]).catch(() => '')
    if (tree === '') return ''
    throw new Failure(
      'NO_COMMIT',
      `commit ${sha.slice(0, 12)} has no folder ${path} that git can list: ${gitSays(error)}`,
      'commit the definitions in a folder, and fetch what this clone lacks',
    )
  })
  return splitNul(output).map((row) => {
    const [mode = '', , oid = '', size] = row.slice(0, row.indexOf('\t')).split(/ +/)
    // "-" for a submodule, "BAD" for an object that this clone lacks.
    const knownSize = size !== undefined && /^\d+$/.test(size) ? { size: Number(size) } : {}
    return { ...parseEntry(mode, oid, row), ...knownSize }
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

/** Converts a path relative to `cwd` to a path relative to the folder. */
export function below(rest: string, path: string): string {
  return rest === '' ? path : path.slice(rest.length + 1)
}

function parseEntry(mode: string, oid: string, row: string): GitEntry {
  return { path: row.slice(row.indexOf('\t') + 1), mode: MODES[mode] ?? 'file', oid }
}

/**
 * Groups entries by definition; files beside the definitions' folders belong to none.
 * @throws Failure NO_COMMIT for a kind's folder that is a file, a symbolic link or a submodule
 */
export function groupEntries(
  entries: readonly GitEntry[],
  kinds: readonly Kind[],
  shownPath: string,
): Definitions {
  const kindIds = new Set(kinds.map((kind) => kind.id))
  const definitions: Definitions = { folders: new Map(), odd: new Map() }
  for (const entry of entries) {
    const [kind = '', id, ...steps] = entry.path.split('/')
    if (!kindIds.has(kind)) continue
    const isLeaf = entry.mode !== 'file' && entry.mode !== 'executable'
    if (id === undefined) throw notInCommit(`${shownPath}/${kind}`, entry.mode)
    if (id.startsWith('.')) continue
    const name = nameOf({ kind, id })
    if (steps.length > 0) {
      const files = definitions.folders.get(name) ?? []
      if (files.length === 0) definitions.folders.set(name, files)
      files.push({ ...entry, path: steps.join('/') })
    } else if (isLeaf) definitions.odd.set(name, entry.mode as EntryOddity)
  }
  return definitions
}

function notInCommit(path: string, mode: string): Failure {
  const what = { submodule: 'a submodule', symlink: 'a symbolic link' }[mode] ?? 'a file'
  return new Failure(
    'NO_COMMIT',
    `${path} is ${what} in the commit, so the definitions in it are not in the commit`,
    'commit the folder itself, or name the real one as "nofx": { "definitions": "…" } in package.json',
  )
}
