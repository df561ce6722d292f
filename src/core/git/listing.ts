import type { Kind } from '../../contract/kind.ts'
import { type Definitions, groupEntries, listCommit, listCommitNow, listShelf } from './git-entries.ts'
import type { EntryOddity, GitEntry } from './git-entry.ts'
import type { GitPlace } from './git-place.ts'
import { PackedFolders } from './packed-folders.ts'

/** A file of a tree of git objects; `disk` marks a file whose content is read from the working tree. */
export interface BlobEntry extends GitEntry {
  disk?: true
}

/** The definitions of a commit or an index, by `kind/id`. */
export interface Listing {
  readonly names: ReadonlySet<string>
  /** What a definition is instead of a folder. */
  findOddity(name: string): EntryOddity | undefined
  /** Equal for equal content of a definition; undefined if it has an entry that is not an object. */
  identify(name: string): string | undefined
  /** The files of a definition, which git is asked for unless they are loaded; none if there is no such definition. */
  entries(name: string): readonly BlobEntry[]
  load(names: readonly string[]): Promise<void>
}

/** A listing of which everything is known. */
export function wholeListing({ folders, odd }: Definitions<BlobEntry>): Listing {
  return {
    names: new Set([...folders.keys(), ...odd.keys()]),
    findOddity: (name) => odd.get(name),
    identify: (name) => {
      const entries = odd.has(name) ? undefined : folders.get(name)
      return entries && listObjects(entries)
    },
    entries: (name) => folders.get(name) ?? [],
    load: async () => {},
  }
}

/**
 * A listing of a commit with changes of the working tree applied.
 * @param changed the names of definitions that have a change; the others are the commit's
 * @param definitions what there is of the changed ones
 */
export function changedListing(
  definitions: Definitions<BlobEntry>,
  changed: ReadonlySet<string>,
  commit: Listing,
): Listing {
  const own = wholeListing(definitions)
  const names = new Set(commit.names)
  for (const name of changed) if (!own.names.has(name)) names.delete(name)
  for (const name of own.names) names.add(name)
  const of = (name: string) => (changed.has(name) ? own : commit)
  return {
    names,
    findOddity: (name) => of(name).findOddity(name),
    identify: (name) => of(name).identify(name),
    entries: (name) => of(name).entries(name),
    load: (some) => commit.load(some.filter((name) => !changed.has(name))),
  }
}

function listObjects(entries: readonly BlobEntry[]): string | undefined {
  if (entries.some(({ disk, mode }) => disk || (mode !== 'file' && mode !== 'executable'))) return undefined
  const lines = entries.map(({ mode, oid, path }) => `${mode} ${oid} ${path}`)
  return JSON.stringify(lines.sort())
}

/** Definitions of which single ones are listed; for more, one list of everything takes less. */
const FEW = 50

/** Whether git wrote something else for bytes of a name that are not UTF-8, so that it is no longer the name. */
export const isBrokenName = (name: string): boolean => name.includes('\uFFFD')

/**
 * Lists the definitions of a commit with the ids of their trees. git names a tree by the hash of everything in it, so
 * the files of definitions whose content is known already are not listed.
 * @throws Failure NO_COMMIT if the commit has something other than a folder there
 */
export async function listByTrees(
  { kinds, shownPath }: { kinds: readonly Kind[]; shownPath: string },
  place: GitPlace,
  sha: string,
): Promise<Listing> {
  const ids = kinds.map(({ id }) => id)
  const { trees, others } = await listShelf(place, sha, ids)
  const { odd } = groupEntries(others, kinds, shownPath)
  const inFolders = [...trees.keys()].filter((path) => isDefinition(path, ids))
  const folders = new PackedFolders<BlobEntry>()
  const add = (entries: Iterable<GitEntry>) => {
    for (const [name, files] of groupEntries(entries, kinds, shownPath).folders) folders.set(name, files)
  }
  let count = 0
  let all: Promise<void> | undefined
  /** What to list for some definitions; empty for everything. */
  const choosePaths = (names: readonly string[]) => {
    count += names.length
    const isBroken = names.some(isBrokenName)
    return count > FEW || isBroken ? [] : names.map((name) => `${name}/`)
  }
  return {
    names: new Set([...inFolders, ...odd.keys()]),
    findOddity: (name) => odd.get(name),
    identify: (name) => (isBrokenName(name) ? undefined : trees.get(name)),
    entries: (name) => {
      if (trees.has(name) && !folders.has(name)) add(listCommitNow(place, sha, choosePaths([name])))
      return folders.get(name) ?? []
    },
    async load(names) {
      const unlisted = names.filter((name) => trees.has(name) && !folders.has(name))
      if (unlisted.length === 0) return
      const paths = choosePaths(unlisted)
      if (paths.length > 0) return add(await listCommit(place, sha, { paths }))
      all ??= listCommit(place, sha).then(add)
      await all
    },
  }
}

/** Whether a path is that of a folder of a definition. */
function isDefinition(path: string, kinds: readonly string[]): boolean {
  const at = path.indexOf('/')
  return at > 0 && path[at + 1] !== '.' && kinds.includes(path.slice(0, at))
}
