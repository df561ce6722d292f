import { existsSync } from 'node:fs'
import { git, splitNul } from '../git/git-command.ts'
import { below } from '../git/git-entries.ts'
import type { GitPlace } from '../git/git-place.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/** Attributes by which git writes other bytes into the working tree than the commit has (git, "gitattributes"). */
const CONVERTING = new Set(['text', 'eol', 'crlf', 'filter', 'ident', 'working-tree-encoding'])

/** With fewer definitions, comparing their files takes less than asking git. */
const LEAST_DEFINITIONS = 200

/** Whether `isSameAsCommit` is worth its questions to git. A tree that cannot be listed is compared file by file. */
export function isLarge(tree: WorkingTree): boolean {
  try {
    return findFolders({ ...tree, files: undefined }).length >= LEAST_DEFINITIONS
  } catch {
    return false
  }
}

/**
 * Whether git's index shows, without a look at single files, that every definition on disk is the commit's. False means
 * that the files have to be compared, not that something differs.
 */
export async function isSameAsCommit(
  { kinds }: WorkingTree,
  { cwd, rest, index }: GitPlace,
  sha: string,
): Promise<boolean> {
  if (!existsSync(index)) return false
  const where = ['--', rest || '.']
  const answers = await Promise.all([
    git(cwd, ['ls-files', '-v', '-z', ...where]),
    git(cwd, ['diff-index', '--name-only', '-z', '--ignore-submodules=all', '--relative', sha, ...where]),
    // Also empty folders: git passes over a repository that was begun in one.
    git(cwd, ['ls-files', '--others', '--directory', '-z', ...where]),
    git(cwd, ['config', 'core.autocrlf']).catch(() => 'false'),
  ]).catch(() => undefined)
  if (!answers) return false
  const [flagged, differing, others, conversion] = answers
  if (differing !== '' || conversion.trim() !== 'false') return false
  const kindIds = new Set(kinds.map(({ id }) => id))
  if (splitNul(others).some((path) => !isBeside(below(rest, path), kindIds))) return false
  const rows = splitNul(flagged)
  return rows.every((row) => row.startsWith('H ')) && !(await isConverted(cwd, rows))
}

/** Whether a path is outside of every kind's folder, or beside the definitions in one. */
function isBeside(path: string, kindIds: ReadonlySet<string>): boolean {
  const [kind = '', id, ...steps] = path.split('/')
  if (kind === '' || kind === '.') return false
  if (!kindIds.has(kind)) return true
  return id !== undefined && id !== '' && (id.startsWith('.') || steps.length === 0)
}

/** @param rows of `git ls-files -v` */
async function isConverted(cwd: string, rows: readonly string[]): Promise<boolean> {
  const input = rows.map((row) => `${row.slice(2)}\0`).join('')
  const answer = await git(cwd, ['check-attr', '--all', '-z', '--stdin'], input).catch(() => undefined)
  // Three fields for each attribute that has a value: the path, the attribute and the value.
  return answer === undefined || answer.split('\0').some((field, at) => at % 3 === 1 && CONVERTING.has(field))
}
