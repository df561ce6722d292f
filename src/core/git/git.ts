import { Failure } from '../../contract/failure.ts'
import { git, gitSays, splitNul } from './git-command.ts'

/** Staged paths (relative to `root`, with `/`), including deleted files and both names of a renamed file. */
export async function stagedFiles(root: string): Promise<string[]> {
  return splitNul(
    await gitOrUsage(root, ['diff', '--cached', '--name-only', '--relative', '--no-renames', '-z']),
  )
}

/** Paths that differ between `ref` and the working tree, including untracked files. */
export async function changedFiles(root: string, ref: string): Promise<string[]> {
  const [changed, untracked] = await Promise.all([
    gitOrUsage(root, [
      'diff',
      '--name-only',
      '--relative',
      '--no-renames',
      '-z',
      '--end-of-options',
      ref,
      '--',
    ]),
    gitOrUsage(root, ['ls-files', '--others', '--exclude-standard', '-z']),
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

async function gitOrUsage(root: string, args: string[]): Promise<string> {
  return git(root, args).catch(async (error: unknown) => {
    await git(root, ['rev-parse', '--git-dir']).catch(() => {
      throw new Failure('USAGE', `${root} is not in a git repository`, 'run it inside of one, or name paths')
    })
    throw new Failure(
      'USAGE',
      `git says: ${gitSays(error)}`,
      'check the ref and that this is a git repository',
    )
  })
}
