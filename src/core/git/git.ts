import { Failure } from '../../contract/failure.ts'
import { git, splitNul } from './git-command.ts'
import { findTrouble, gitSays } from './git-failure.ts'

/** What every comparison lists: names relative to the folder, with `/`, and submodules whatever git is set to ignore. */
const NAMES = ['--name-only', '--relative', '--no-renames', '--no-ext-diff', '--ignore-submodules=none', '-z']

/** Staged paths (relative to `root`, with `/`), including deleted files and both names of a renamed file. */
export async function stagedFiles(root: string): Promise<string[]> {
  return splitNul(await git(root, ['diff', '--cached', ...NAMES]))
}

/** Paths that differ between `ref` and the working tree, including untracked files. */
export async function changedFiles(root: string, ref: string): Promise<string[]> {
  const [changed, untracked] = await Promise.all([
    git(root, ['diff', ...NAMES, '--end-of-options', ref, '--']).catch(async (error: unknown) => {
      throw await unknownRef(root, ref, error)
    }),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ])
  return [...splitNul(changed), ...splitNul(untracked)]
}

/** The branch that is checked out; undefined outside of git and for a detached HEAD. */
export async function currentBranch(root: string): Promise<string | undefined> {
  const branch = await git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')
  return branch.trim() || undefined
}

/** The commit that is checked out and its branch; neither outside of git. */
export async function gitHead(root: string): Promise<{ sha?: string; branch?: string }> {
  const [sha, branch] = await Promise.all([
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => ''),
    git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => ''),
  ])
  return { sha: sha.trim() || undefined, branch: branch.trim() || undefined }
}

/** The committer's address, or undefined. */
export async function gitIdentity(root: string): Promise<string | undefined> {
  const email = await git(root, ['config', 'user.email']).catch(() => '')
  return email.trim() || undefined
}

/**
 * git names a ref that it does not know in several ways. Without a readable repository, `git diff` compares files, and
 * its message is about those.
 */
async function unknownRef(root: string, ref: string, error: unknown): Promise<unknown> {
  if (findTrouble(error) !== 'other') return error
  const unreadable = await git(root, ['rev-parse', '--git-dir']).catch((thrown: unknown) => thrown)
  if (unreadable instanceof Failure) return unreadable
  const message = `"${ref}" is not a commit of this repository (git says: ${gitSays(error)})`
  return new Failure('USAGE', message, 'name a branch, a tag or a commit that this clone has: git log', {
    cause: error,
  })
}
