import { dirname } from 'node:path'
import { COMMIT_SHA } from '../../contract/commit.ts'
import { nameOf } from '../../contract/name.ts'
import { type Definitions, groupEntries, listCommit, listIndex } from '../git/git-entries.ts'
import type { EntryOddity, GitEntry } from '../git/git-entry.ts'
import { noWorkTree } from '../git/git-failure.ts'
import { findCommit, findGitPlace, type GitPlace, requireGitPlace } from '../git/git-place.ts'
import { type BlobEntry, isBrokenName, type Listing, listByTrees, wholeListing } from '../git/listing.ts'
import { type Folders, PackedFolders } from '../git/packed-folders.ts'
import { BlobTree } from './blob-tree.ts'
import type { Difference } from './differences.ts'
import { openDigestCache } from './digest-cache.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/** The definitions of a commit; undefined if this clone does not have the commit. */
export async function treeOfCommit(tree: WorkingTree, sha: string): Promise<WorkingTree | undefined> {
  const place = await findGitPlace(tree.root)
  const commit = place && COMMIT_SHA.test(sha) ? await findCommit(place, sha) : undefined
  return place && commit ? blobTree(tree, place, await listByTrees(tree, place, commit)) : undefined
}

/**
 * The staged definitions.
 * @throws Failure GIT_FAILED outside of git and in a bare repository, INPUT_UNREADABLE for a merge conflict
 */
export async function treeOfIndex(tree: WorkingTree): Promise<WorkingTree> {
  const place = await requireGitPlace(tree.root)
  if (!place.hasFiles) throw noWorkTree(place.cwd)
  const definitions = groupEntries(await listIndex(place), tree.kinds, tree.shownPath)
  const staged = blobTree(tree, place, wholeListing(definitions), { most: Number.POSITIVE_INFINITY })
  // The search for references reads every manifest, so all are fetched at once.
  await staged.files?.prepare?.(findFolders(staged))
  return staged
}

/** The most definitions that git is asked for by their names. */
const MOST_NAMES = 1_000

/**
 * The entries of every definition in a commit; `sizes` makes a partial clone fetch.
 * @param names definitions to which the list may be limited
 */
export async function listDefinitions(
  tree: WorkingTree,
  place: GitPlace,
  sha: string,
  { sizes = false, names }: { sizes?: boolean; names?: ReadonlySet<string> | undefined } = {},
): Promise<Definitions> {
  const isShort = names !== undefined && names.size <= MOST_NAMES && ![...names].some(isBrokenName)
  const paths = isShort ? [...names] : []
  return groupEntries(await listCommit(place, sha, { sizes, paths }), tree.kinds, tree.shownPath)
}

/** The same from what is listed already, for a few definitions. */
export async function selectDefinitions(
  listing: Listing,
  names: ReadonlySet<string>,
): Promise<Definitions<BlobEntry>> {
  await listing.load([...names])
  const some = { folders: new PackedFolders<BlobEntry>(), odd: new Map<string, EntryOddity>() }
  for (const name of names) {
    const oddity = listing.findOddity(name)
    if (oddity !== undefined) some.odd.set(name, oddity)
    const entries = listing.entries(name)
    if (entries.length > 0) some.folders.set(name, [...entries])
  }
  return some
}

/**
 * A tree that reads git's objects.
 * @param options `committed`: what the commit has, if it is not the same; `most`: the size of the cache in bytes
 */
export function blobTree(
  tree: WorkingTree,
  { cwd, index }: GitPlace,
  definitions: Listing,
  { committed = definitions, most }: { committed?: Listing; most?: number } = {},
): WorkingTree {
  const plain = { ...tree, files: undefined }
  const files = new BlobTree({ tree: plain, cwd, definitions, committed: committed.names, most })
  return { ...tree, files, digests: openDigestCache(dirname(index)) }
}

/**
 * The commit's definitions with the differences of the working tree applied; files that git ignores are in neither.
 */
export function withDirt(definitions: Definitions, dirt: readonly Difference[]): Definitions<BlobEntry> {
  if (dirt.length === 0) return definitions
  const folders: Folders<BlobEntry> = new PackedFolders<BlobEntry>(definitions.folders)
  const changed = { folders, odd: new Map(definitions.odd) }
  for (const { path: full, reason, mode } of dirt) {
    if (reason === 'ignored') continue
    const [kind = '', id = '', ...steps] = full.split('/')
    const name = nameOf({ kind, id })
    const path = steps.join('/')
    if (path === '') {
      changed.odd.delete(name)
      if (mode !== undefined && isOdd(mode)) changed.odd.set(name, mode)
      continue
    }
    const others = (changed.folders.get(name) ?? []).filter((entry) => entry.path !== path)
    if (mode !== undefined) others.push(entryOnDisk(path, mode))
    if (others.length > 0) changed.folders.set(name, others)
    else changed.folders.delete(name)
  }
  return changed
}

function isOdd(mode: GitEntry['mode']): mode is EntryOddity {
  return mode !== 'file' && mode !== 'executable'
}

function entryOnDisk(path: string, mode: GitEntry['mode']): BlobEntry {
  const inside = /^(?:(.*)\/)?\.git$/.exec(path)
  if (inside) return { path: inside[1] ?? '.', mode: 'submodule', oid: '' }
  return { path, mode, oid: '', disk: true }
}
