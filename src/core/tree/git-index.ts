import { existsSync } from 'node:fs'
import { eachPart, git, splitNul } from '../git/git-command.ts'
import { below } from '../git/git-entries.ts'
import type { GitPlace } from '../git/git-place.ts'

/** What the index knows of a folder: files to compare, and files with flags set by a user. */
export interface GitIndex {
  /** Files that may differ; undefined if the index does not show it. */
  candidates: ReadonlySet<string> | undefined
  /** `S` for skip-worktree, a lower-case letter for assume-unchanged. */
  flagged: ReadonlyMap<string, string>
  /** Every file of the index, relative to the place's `cwd`; undefined if git could not list them. */
  files: Iterable<string> | undefined
  /** True if there is no index, because nothing was checked out. */
  isOff: boolean
}

/** Asks git's index how the files of a folder compare with a commit. */
export async function askIndex({ cwd, rest, index }: GitPlace, sha: string): Promise<GitIndex> {
  const where = ['--', rest || '.']
  const words = ['diff-index', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', '--relative']
  const [differing, output] = await Promise.all([
    git(cwd, [...words, sha, ...where]).catch(() => undefined),
    git(cwd, ['ls-files', '-v', '-z', ...where]).catch(() => undefined),
  ])
  const flagged: string[] = []
  for (const row of eachPart(output ?? '')) if (!row.startsWith('H')) flagged.push(row)
  return {
    candidates:
      differing === undefined ? undefined : new Set(splitNul(differing).map((path) => below(rest, path))),
    flagged: new Map(flagged.map((row) => [below(rest, row.slice(2)), row.charAt(0)])),
    files: output === undefined ? undefined : { [Symbol.iterator]: () => eachFile(output) },
    isOff: !existsSync(index),
  }
}

/** The paths of `ls-files -v`, one by one: a list of them takes more memory than the output. */
function* eachFile(output: string): Generator<string> {
  for (const row of eachPart(output)) yield row.slice(2)
}
