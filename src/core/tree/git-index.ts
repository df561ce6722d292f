import { existsSync } from 'node:fs'
import { git, splitNul } from '../git/git-command.ts'
import { below, type GitLists, listTracked } from '../git/git-entries.ts'
import type { GitPlace } from '../git/git-place.ts'
import type { WorkingTree } from './tree.ts'

/** What the index knows of a folder: files to compare, and files with flags set by a user. */
export interface GitIndex {
  /** Files that may differ; undefined if the index does not show it. */
  candidates: ReadonlySet<string> | undefined
  /** `S` for skip-worktree, a lower-case letter for assume-unchanged. */
  flagged: ReadonlyMap<string, string>
  /**
   * Every file of the index, relative to the place's `cwd`, with a NUL after each; undefined if one has a flag, or if git
   * could not list them; empty if none has a flag and git converts none of them.
   */
  files: string | undefined
  /** True if there is no index, because nothing was checked out. */
  isOff: boolean
}

/** The part of a `GitIndex` that needs no commit. */
export type IndexFiles = Pick<GitIndex, 'flagged' | 'files'>

/**
 * Asks git's index how the files of a folder compare with a commit.
 * @param lists what git was asked already
 * @param pendingFiles what `askFiles` gives
 */
export async function askIndex(
  place: GitPlace,
  sha: string,
  lists: GitLists = {},
  pendingFiles = askFiles(place, lists),
): Promise<GitIndex> {
  const { rest, index } = place
  const [differing, files] = await Promise.all([
    compareIndex(place, sha, lists.unmodified).catch(() => undefined),
    pendingFiles,
  ])
  return {
    candidates:
      differing === undefined ? undefined : new Set(splitNul(differing).map((path) => below(rest, path))),
    ...files,
    isOff: !existsSync(index),
  }
}

/**
 * The files that may differ from a commit.
 * @param unmodified whether the files are as the index has them: then git need not look at the disk again
 */
async function compareIndex(
  { cwd, rest }: GitPlace,
  sha: string,
  unmodified: GitLists['unmodified'],
): Promise<string> {
  const words = ['diff-index', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', '--relative']
  const compare = (...more: string[]) => git(cwd, [...words, ...more, sha, '--', rest || '.'])
  if (unmodified === undefined) return compare()
  const ofIndex = compare('--cached')
  // The answer may not be needed.
  ofIndex.catch(() => {})
  return (await unmodified) ? ofIndex : compare()
}

/** Asks which files of a folder git's index has. */
export async function askFiles(place: GitPlace, lists: GitLists = {}): Promise<IndexFiles> {
  // Their names are not used.
  if (await lists.isPlain) return { flagged: new Map(), files: '' }
  const output = await (lists.listing ?? listTracked(place).catch(() => undefined))
  const plain = output === undefined ? undefined : listUnflagged(output)
  const flagged = plain === undefined ? [...(output ?? '').matchAll(FLAG)] : []
  return {
    flagged: new Map(flagged.map(([, flag = '', path = '']) => [below(place.rest, path), flag])),
    files: plain,
  }
}

/**
 * The paths of what `listTracked` gives, with a NUL after each; undefined if a file has a flag. They stay one string, because
 * a large tree has a file or more for each definition.
 */
export function listUnflagged(listing: string): string | undefined {
  // No path has a NUL.
  return /(?:^|\0)[^H\0]/.test(listing) ? undefined : listing.slice(2).replaceAll('\0H ', '\0')
}

/** A row of `ls-files -v` with a flag. */
const FLAG = /(?<=^|\0)([^H\0]) ([^\0]+)\0/g

/** Whether every file of a definition that git tracks is as its index has it, without flagged files; false if git fails. */
export async function isUnmodified({ root, kinds }: WorkingTree): Promise<boolean> {
  const words = ['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--']
  const dirt = await git(root, [...words, ...kinds.map(({ id }) => id)]).catch(() => undefined)
  return dirt === ''
}
