import { existsSync } from 'node:fs'
import { git, splitNul } from '../git/git-command.ts'
import { below, listTracked } from '../git/git-entries.ts'
import type { GitPlace } from '../git/git-place.ts'

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
 * @param pendingListing what `listTracked` gives, if it was called already
 */
export async function askIndex(
  place: GitPlace,
  sha: string,
  pendingListing: Promise<string | undefined> = listTracked(place).catch(() => undefined),
): Promise<GitIndex> {
  const { cwd, rest, index } = place
  const words = ['diff-index', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', '--relative']
  const [differing, output] = await Promise.all([
    git(cwd, [...words, sha, '--', rest || '.']).catch(() => undefined),
    pendingListing,
  ])
  const flagged = [...(output ?? '').matchAll(FLAG)]
  return {
    candidates:
      differing === undefined ? undefined : new Set(splitNul(differing).map((path) => below(rest, path))),
    flagged: new Map(flagged.map(([, flag = '', path = '']) => [below(rest, path), flag])),
    // One string, because a large tree has a file or more for each definition.
    files: flagged.length === 0 ? output?.replaceAll(/(^|\0)H /g, '$1') : undefined,
    isOff: !existsSync(index),
  }
}

/** A row of `ls-files -v` with a flag. */
const FLAG = /(?<=^|\0)([^H\0]) ([^\0]+)\0/g
