import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { git } from './git-command.ts'
import { findTrouble, type GitTrouble } from './git-failure.ts'

/** Where git can start to look for a folder. */
export interface DiskPlace {
  /** The folder, or its nearest parent that exists on disk. */
  cwd: string
  /** The path from `cwd` to the folder, with `/`; empty if the folder exists on disk. */
  rest: string
}

/**
 * The place of a folder in git. Symbolic links on the way to the folder are resolved, because a commit does not
 * contain what is behind them.
 */
export interface GitPlace extends DiskPlace {
  /** The folder's path in the repository, with `/`; empty for the whole repository. */
  path: string
  /** True if the history is cut off, so that heights are unknown. */
  shallow: boolean
  /** False in a bare repository: there are no files to compare, and nothing is staged. */
  hasFiles: boolean
  /** The index file, which does not exist if nothing was checked out. */
  index: string
}

/** The commit at HEAD. */
export interface GitHead {
  sha: string
  branch?: string
}

/** A folder's place in its repository, and the commit at HEAD, which a new repository does not have. */
export interface PlaceAndHead {
  place: GitPlace
  head: GitHead | undefined
}

/** The same where something is committed. */
export interface CommitPlace extends PlaceAndHead {
  head: GitHead
}

/** The nearest parent of a folder that exists on disk, which may be the folder itself. */
export function placeOnDisk(folder: string): DiskPlace {
  let above = folder
  while (!existsSync(above)) above = dirname(above)
  return { cwd: realpathSync(above), rest: relative(above, folder).replaceAll('\\', '/') }
}

/**
 * False if git would find no working tree from here, so that no process has to ask. Git searches the parents of the
 * folder for `.git`, unless the environment names the repository (git, "GIT_DIR").
 */
export function mayBeInGit({ cwd }: DiskPlace): boolean {
  if (process.env.GIT_DIR) return true
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true
    if (folder === dirname(folder)) return false
  }
}

/** Whether a folder, or its nearest parent on disk, is a bare repository or lies in one. Git itself is not asked. */
export function isInBareRepository(folder: string): boolean {
  for (let { cwd: one } = placeOnDisk(folder); ; one = dirname(one)) {
    if (existsSync(join(one, '.git'))) return false
    if (['HEAD', 'objects', 'refs'].every((name) => existsSync(join(one, name)))) return true
    if (one === dirname(one)) return false
  }
}

/** Finds a folder's place in its repository; undefined outside of git, and if git cannot read the repository. */
export async function findGitPlace(folder: string): Promise<GitPlace | undefined> {
  return requireGitPlace(folder).catch(() => undefined)
}

/** Troubles that leave a folder without git, in which other means may do. */
const OUTSIDE: readonly (GitTrouble | undefined)[] = ['not-a-repository', 'lost-repository', 'not-installed']

/** The same for what continues only outside of git: a repository that git cannot read is a failure. */
export async function findReadablePlace(folder: string): Promise<GitPlace | undefined> {
  return requireGitPlace(folder).catch((error: unknown) => {
    const trouble = findTrouble(error)
    if (OUTSIDE.includes(trouble)) return undefined
    throw error
  })
}

/**
 * Finds a folder's place in its repository.
 * @throws Failure GIT_FAILED outside of git, without git, and if git cannot read the repository
 */
export async function requireGitPlace(folder: string): Promise<GitPlace> {
  const place = placeOnDisk(folder)
  return parsePlace(place, splitLines(await git(place.cwd, ['rev-parse', ...PLACE_WORDS])))
}

/**
 * The place and the commit at HEAD, of one process of git if there is a commit; undefined as for `findGitPlace`.
 * @throws Failure GIT_FAILED if git cannot read the commit
 */
export async function findPlaceAndHead(folder: string): Promise<PlaceAndHead | undefined> {
  const both = await readPlaceAndHead(folder).catch(() => undefined)
  if (both) return both
  const place = await findGitPlace(folder)
  return place && { place, head: await readHead(place) }
}

async function readPlaceAndHead(folder: string): Promise<PlaceAndHead> {
  const place = placeOnDisk(folder)
  const [sha, name, ...rest] = splitLines(await git(place.cwd, ['rev-parse', ...HEAD_WORDS, ...PLACE_WORDS]))
  return { place: parsePlace(place, rest), head: parseHead([sha, name]) }
}

const PLACE_WORDS = [
  '--is-shallow-repository',
  '--is-inside-work-tree',
  '--git-path',
  'index',
  '--show-prefix',
] as const
/** Asks `rev-parse` for the commit at HEAD and for its branch. */
export const HEAD_WORDS = ['HEAD^{commit}', '--symbolic-full-name', 'HEAD'] as const

function splitLines(output: string): string[] {
  return output.replace(/\n$/, '').split('\n')
}

function parsePlace({ cwd, rest }: DiskPlace, lines: readonly string[]): GitPlace {
  // A folder's name may contain line feeds; for the top of the repository the prefix is empty.
  const [shallow, inside, index = '', ...prefix] = lines
  const path = `${prefix.join('\n')}${rest}`.replace(/\/$/, '')
  return {
    cwd,
    rest,
    path,
    shallow: shallow === 'true',
    hasFiles: inside === 'true',
    index: resolve(cwd, index),
  }
}

/**
 * The commit at HEAD; undefined in a repository without a commit.
 * @throws Failure GIT_FAILED if git cannot read it
 */
export async function readHead({ cwd }: GitPlace): Promise<GitHead | undefined> {
  const head = await git(cwd, ['rev-parse', ...HEAD_WORDS]).catch((error: unknown) => {
    if (findTrouble(error) === 'no-commit') return undefined
    throw error
  })
  return head === undefined ? undefined : parseHead(splitLines(head))
}

/** The commit at HEAD, from the answers to `HEAD_WORDS`. */
export function parseHead([sha = '', name = '']: readonly (string | undefined)[]): GitHead {
  const branch = /^refs\/heads\/(.+)$/.exec(name)?.[1]
  return { sha, ...(branch ? { branch } : {}) }
}

/** The number of commits along the first parents of `sha`, itself included, as far as this clone has them. */
export async function countHeight({ cwd }: GitPlace, sha: string): Promise<number> {
  return Number(await git(cwd, ['rev-list', '--count', '--first-parent', sha]))
}

/** The full SHA of a commit; undefined if this clone does not have the commit. */
export async function findCommit({ cwd }: GitPlace, sha: string): Promise<string | undefined> {
  const commit = await git(cwd, ['rev-parse', '--verify', '--quiet', `${sha}^{commit}`]).catch(() => '')
  return commit.trim() || undefined
}
