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
   * could not list them.
   */
  files: string | undefined
  /** True if there is no index, because nothing was checked out. */
  isOff: boolean
}

/**
 * Asks git's index how the files of a folder compare with a commit.
 * @param lists what git was asked already
 */
export async function askIndex(place: GitPlace, sha: string, lists: GitLists = {}): Promise<GitIndex> {
  const { cwd, rest, index } = place
  const words = ['diff-index', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', '--relative']
  const compare = async () => {
    // Of files that are as the index has them, git need not look at the disk again.
    const cached = (await lists.unmodified) ? ['--cached'] : []
    return git(cwd, [...words, ...cached, sha, '--', rest || '.'])
  }
  const [differing, output] = await Promise.all([
    compare().catch(() => undefined),
    lists.listing ?? listTracked(place).catch(() => undefined),
  ])
  const plain = output === undefined ? undefined : listUnflagged(output)
  const flagged = plain === undefined ? [...(output ?? '').matchAll(FLAG)] : []
  return {
    candidates:
      differing === undefined ? undefined : new Set(splitNul(differing).map((path) => below(rest, path))),
    flagged: new Map(flagged.map(([, flag = '', path = '']) => [below(rest, path), flag])),
    files: plain,
    isOff: !existsSync(index),
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
