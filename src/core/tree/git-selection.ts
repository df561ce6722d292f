import { join } from 'node:path'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { changedFiles, stagedFiles } from '../git/git.ts'
import { requireGitPlace } from '../git/git-place.ts'
import { toNamed } from './collect.ts'
import { type Selection, selectFiles } from './selection.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/** What git says has changed, and the changed definitions that the tree no longer has. */
export interface GitSelection {
  selection: Selection
  removed: string[]
}

/**
 * The definitions of a tree that differ from a commit, or those with staged files. Every entry of git counts: links and
 * submodules too, and files that only git has.
 * @param since the commit; what is staged unless given
 * @throws Failure GIT_FAILED, USAGE for an unknown commit
 */
export async function selectByGit(
  tree: WorkingTree,
  kinds: readonly Kind[],
  since?: string,
): Promise<GitSelection> {
  const { cwd, rest } = await requireGitPlace(tree.root)
  const files = since === undefined ? await stagedFiles(cwd) : await changedFiles(cwd, since)
  const present = new Set(findFolders(tree).map((folder) => nameOf(toNamed(folder))))
  // Links on the way to the definitions are resolved, as git names the files behind them.
  const selection = selectFiles(files, kinds, join(cwd, rest), cwd, (name) => present.has(name))
  const names = selection.names === 'all' ? [] : [...selection.names]
  return { selection, removed: names.filter((name) => name.includes('/') && !present.has(name)) }
}
