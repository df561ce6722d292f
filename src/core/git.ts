import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Commit } from './contract/sync.ts'
import { Failure } from './failure.ts'
import { namedCommit } from './named-commit.ts'

const run = promisify(execFile)
/** Enough for the names of a million files. */
const MAX_OUTPUT = 64 * 1024 * 1024

/** How a publish may name its commit when git cannot, or should not, be asked. */
export interface CommitOptions {
  commit?: string
  rank?: number
  allowDirty: boolean
  /** The rank does not count, so a shallow clone will do. */
  anyRank?: boolean
}

/**
 * The commit that a publish of `folder` names: HEAD, with its first-parent height as rank.
 * @throws Failure NO_COMMIT outside git, in a shallow clone, without commits, or with uncommitted changes
 */
export async function resolveCommit(
  root: string,
  folder: string,
  options: CommitOptions,
): Promise<Commit | undefined> {
  if (options.commit !== undefined && options.rank !== undefined)
    return namedCommit(options.commit, options.rank)
  if (options.commit !== undefined || options.rank !== undefined)
    throw new Failure('USAGE', '--commit and --rank go together', 'give both, or neither to ask git')
  const head = await git(root, ['rev-parse', '--is-shallow-repository', 'HEAD']).catch(() => undefined)
  if (head === undefined) return withoutGit(options)
  const [shallow, sha] = head.trim().split('\n') as [string, string]
  if (shallow === 'true' && !options.anyRank)
    throw new Failure(
      'NO_COMMIT',
      'this clone is shallow, so the height of its commit cannot be told',
      'run: git fetch --unshallow   (GitHub Actions: actions/checkout with fetch-depth: 0)',
    )
  const [count, changes, branch] = await Promise.all([
    git(root, ['rev-list', '--count', '--first-parent', 'HEAD']),
    git(root, ['status', '--porcelain', '-z', '--', folder]),
    git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => ''),
  ])
  if (changes && !options.allowDirty)
    throw new Failure(
      'NO_COMMIT',
      `${folder} has uncommitted changes: ${changes.slice(3).split('\0')[0]}`,
      'commit them, or publish with --allow-dirty to mark the revision as dirty',
    )
  return { sha, rank: Number(count), dirty: changes !== '', ...(branch ? { ref: branch.trim() } : {}) }
}

/** Undefined stands for "no commit, and that is allowed": the plan then takes the registry's newest rank. */
function withoutGit(options: CommitOptions): undefined {
  if (options.allowDirty) return undefined
  throw new Failure(
    'NO_COMMIT',
    'this folder is not in a git repository with a commit',
    'run: git init && git add -A && git commit, or name it with --commit and --rank, or use --allow-dirty',
  )
}

/** Paths (relative to `root`, with `/`) that are staged, deleted ones and both names of a moved one included. */
export async function stagedFiles(root: string): Promise<string[]> {
  return paths(
    await gitOrUsage(root, ['diff', '--cached', '--name-only', '--relative', '--no-renames', '-z']),
  )
}

/** Paths that differ between `ref` and the working tree, untracked ones included. */
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
  return [...paths(changed), ...paths(untracked)]
}

/**
 * Writes the staged state of everything under `folder` to the empty folder `target`, so that exactly what will be
 * committed is read. Answers the copy of `root` inside it.
 */
export async function exportStaged(root: string, folder: string, target: string): Promise<string> {
  const listed = await gitOrUsage(root, ['ls-files', '-z', '--', folder])
  const child = run('git', ['checkout-index', '-z', '--stdin', `--prefix=${target}/`], { cwd: root })
  child.child.stdin?.end(listed)
  await child
  return join(target, (await git(root, ['rev-parse', '--show-prefix'])).trim())
}

/** The branch that is checked out; undefined outside git and for a commit alone. */
export async function currentBranch(root: string): Promise<string | undefined> {
  const branch = await git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')
  return branch.trim() || undefined
}

/** The commit that is checked out and its branch; neither outside git. */
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
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0] ?? String(error)
    throw new Failure('USAGE', `git says: ${said}`, 'check the ref and that this is a git repository')
  })
}

async function git(root: string, args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: root, maxBuffer: MAX_OUTPUT })
  return stdout
}

function paths(listed: string): string[] {
  return listed.split('\0').filter((path) => path !== '')
}

/**
 * Writes `folder` as it was at `sha` into the empty folder `target`, without touching the index.
 * Answers the copy of `root` inside it; undefined when git does not know the commit or the folder.
 */
export async function exportCommit(
  root: string,
  sha: string,
  folder: string,
  target: string,
): Promise<string | undefined> {
  const archive = join(target, 'commit.tar')
  try {
    const prefix = (await git(root, ['rev-parse', '--show-prefix'])).trim()
    const top = (await git(root, ['rev-parse', '--show-toplevel'])).trim()
    await git(top, ['archive', '--output', archive, '--end-of-options', sha, `${prefix}${folder}`])
    await run('tar', ['-xf', archive, '-C', target])
    return join(target, prefix)
  } catch {
    return undefined
  }
}
