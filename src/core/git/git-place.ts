import { existsSync, realpathSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { git } from './git-command.ts'

/** Where git finds a folder: symbolic links on the way to it are followed, since a commit has none of what is behind. */
export interface GitPlace {
  /** The folder, or the nearest one above it that is on disk. */
  cwd: string
  /** From `cwd` to the folder, with `/`; empty when it is on disk. */
  rest: string
  /** The folder's path in the repository, with `/`; empty for the whole repository. */
  path: string
  /** History is cut off, so heights are not known. */
  shallow: boolean
  /** The file of the index, which is not there when nothing was checked out. */
  index: string
}

/** What HEAD is. */
export interface GitHead {
  sha: string
  branch?: string
}

/** Finds a folder in the repository that holds it; undefined outside git. */
export async function findGitPlace(folder: string): Promise<GitPlace | undefined> {
  let above = folder
  while (!existsSync(above)) above = dirname(above)
  const cwd = realpathSync(above)
  const rest = relative(above, folder).replaceAll('\\', '/')
  const words = ['rev-parse', '--is-shallow-repository', '--git-path', 'index', '--show-prefix']
  const told = await git(cwd, words).catch(() => undefined)
  if (told === undefined) return undefined
  // A folder's name may hold line feeds; nothing is printed for the repository's own.
  const [shallow, index = '', ...prefix] = told.replace(/\n$/, '').split('\n')
  const path = `${prefix.join('\n')}${rest}`.replace(/\/$/, '')
  return { cwd, rest, path, shallow: shallow === 'true', index: resolve(cwd, index) }
}

/** HEAD; undefined in a repository without a commit. */
export async function headOf({ cwd }: GitPlace): Promise<GitHead | undefined> {
  const words = ['rev-parse', 'HEAD^{commit}', '--symbolic-full-name', 'HEAD']
  const head = await git(cwd, words).catch(() => undefined)
  if (head === undefined) return undefined
  const [sha = '', name = ''] = head.trim().split('\n')
  const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1]
  return { sha, ...(branch ? { branch } : {}) }
}

/** How many commits the first parents of `sha` are, itself included, as far as this clone has them. */
export async function heightOf({ cwd }: GitPlace, sha: string): Promise<number> {
  return Number(await git(cwd, ['rev-list', '--count', '--first-parent', sha]))
}

/** The full name of a commit; undefined when this clone does not have it. */
export async function findCommit({ cwd }: GitPlace, sha: string): Promise<string | undefined> {
  const found = await git(cwd, ['rev-parse', '--verify', '--quiet', `${sha}^{commit}`]).catch(() => '')
  return found.trim() || undefined
}
