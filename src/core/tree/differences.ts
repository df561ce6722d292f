import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { ASSETS } from '../../contract/source.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { filesOnDisk, listEntries } from '../disk/definition-files.ts'
import { shownPath } from '../disk/shown-path.ts'
import { type ComparedFile, compareContents } from '../git/blob-compare.ts'
import { committedFiles, isInSubmodule } from '../git/committed-files.ts'
import { git, splitNul } from '../git/git-command.ts'
import { below, type Definitions, type GitLists } from '../git/git-entries.ts'
import type { GitEntry } from '../git/git-entry.ts'
import type { GitPlace } from '../git/git-place.ts'
import { hasPlainIndex } from '../git/plain-index.ts'
import { OWNER_MAY_RUN } from './collect.ts'
import { askFiles, askIndex, type GitIndex } from './git-index.ts'
import { findUnproven, listExtras } from './same-as-commit.ts'
import { isSystemFile } from './system-files.ts'
import { isLarge, type WorkingTree } from './tree.ts'

/** How a file of the working tree differs from the commit. */
export type DifferenceReason = keyof typeof REASONS

/**
 * Each reason in the words of messages. For `converted` and `absent`, git itself made the difference: the commit's
 * bytes are the same.
 */
export const REASONS = {
  ignored: 'is ignored by git, so it is not in the commit',
  untracked: 'is not in the commit',
  modified: 'differs from the commit',
  hidden: 'differs from the commit, and git is set to ignore its changes (assume-unchanged, skip-worktree)',
  unmerged: 'has a merge conflict',
  mode: 'has another executable bit than in the commit',
  deleted: 'is in the commit and was deleted here',
  converted: 'was converted by git (line ends, filters, encodings)',
  absent: 'is not in this checkout',
} as const

/** A file of the working tree that differs from the commit. `path` is relative to the definitions' root. */
export interface Difference {
  path: string
  reason: DifferenceReason
  /** The file's mode on disk; undefined if the file does not exist. */
  mode?: GitEntry['mode']
}

/**
 * Whether a publish without `--allow-dirty` must stop, because the file could be mistaken for content of the commit.
 */
export function isDirt({ reason }: Difference): boolean {
  return reason !== 'converted' && reason !== 'absent'
}

/** Whether `git status` does not show the difference. */
export function isUnseen({ reason }: Difference): boolean {
  return reason === 'ignored' || reason === 'hidden' || reason === 'converted' || reason === 'absent'
}

/** The tree and the commit to compare. */
export interface Compared {
  tree: WorkingTree
  place: GitPlace
  sha: string
  /** What git was asked already. */
  lists?: GitLists | undefined
  /** Whether the index is asked which definitions are proven to be the same; if not given, in a large tree. */
  asksIndex?: boolean
  /** Lists the commit's definitions, or those with these names: what the index does not show to be the same. */
  list: (names?: ReadonlySet<string>) => Promise<Definitions>
}

/** Definitions that are compared together: the files of 100,000 are more than a command may take of the memory. */
const AT_ONCE = 1_000

/**
 * Compares every definition's folder on disk with the commit, file by file; git's index only saves reading files that
 * are unchanged since checkout. Ignored files that systems create by themselves (`.DS_Store`) are not a difference.
 */
export async function compareWorkingTree(compared: Compared): Promise<Difference[]> {
  const { tree, place, sha, asksIndex = isLarge(tree) } = compared
  const lists = asksIndex ? withPlain(place, compared.lists) : compared.lists
  const files = askFiles(place, lists)
  // Asked at once, because git compares the files for longer than it needs for this answer.
  const extras = asksIndex ? listExtras(tree, place, files, lists) : undefined
  const index = await askIndex(place, sha, lists, files)
  const unproven = extras && (await findUnproven(tree, index, extras))
  if (unproven?.size === 0) return []
  const [definitions, fileMode] = await Promise.all([compared.list(unproven), hasFileMode(place)])
  const names = [...(unproven ?? listNames(tree, definitions))]
  let ignored: Promise<ReadonlySet<string>> | undefined
  const listIgnoredOnce = () => {
    ignored ??= listIgnored(place)
    return ignored
  }
  const comparison = { tree, place, index, definitions, fileMode, listIgnored: listIgnoredOnce }
  const differences: Difference[] = []
  for (let at = 0; at < names.length; at += AT_ONCE)
    for (const one of await compareSome(names.slice(at, at + AT_ONCE), comparison)) differences.push(one)
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Reads the index when git has been asked what only git knows. */
function withPlain(place: GitPlace, lists?: GitLists): GitLists {
  return { isPlain: Promise.resolve().then(() => hasPlainIndex(place)), ...lists }
}

/** What the comparison of some definitions needs to know. */
interface Comparison extends Pick<Compared, 'tree' | 'place'> {
  index: GitIndex
  definitions: Definitions
  fileMode: boolean
  listIgnored: () => Promise<ReadonlySet<string>>
}

async function compareSome(names: readonly string[], comparison: Comparison): Promise<Difference[]> {
  const { tree, index, definitions } = comparison
  const committed = committedFiles(names, definitions)
  const disk = filesOnDisk(tree.root, names)
  const extras = [...disk].filter((path) => !committed.has(path) && !isInSubmodule(path, definitions))
  const differences = await Promise.all([
    sortExtras(extras, comparison),
    sortCommon(committed, disk, comparison),
  ])
  const missing = [...committed.keys()].filter((path) => !disk.has(path))
  const explainPath = (path: string) =>
    index.isOff || index.flagged.get(path) === 'S' ? 'absent' : 'deleted'
  return [...differences.flat(), ...missing.map((path) => ({ path, reason: explainPath(path) }) as const)]
}

/** The definitions that the commit has, and those on disk. */
function listNames({ root, kinds }: WorkingTree, { folders, odd }: Definitions): Set<string> {
  const names = new Set([...folders.keys(), ...odd.keys()])
  for (const { id: kind } of kinds)
    for (const { name: id } of listEntries(join(root, kind)))
      if (!id.startsWith('.')) names.add(nameOf({ kind, id }))
  return names
}

/** Whether the file system keeps the executable bit, as git detected or as it was configured. */
export async function hasFileMode({ cwd }: { cwd: string }): Promise<boolean> {
  const set = await git(cwd, ['config', '--type=bool', 'core.fileMode']).catch(() => 'true')
  return set.trim() !== 'false'
}

async function listIgnored({ cwd, rest }: GitPlace): Promise<ReadonlySet<string>> {
  const words = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z']
  const output = await git(cwd, [...words, '--', rest || '.']).catch(() => '')
  return new Set(splitNul(output).map((path) => below(rest, path)))
}

async function sortExtras(
  extras: readonly string[],
  { tree: { root }, fileMode, listIgnored }: Comparison,
): Promise<Difference[]> {
  if (extras.length === 0) return []
  const ignored = await listIgnored()
  return extras
    .filter((path) => !(ignored.has(path) && isSystemFile(path)))
    .map((path) => ({
      path,
      reason: ignored.has(path) ? 'ignored' : 'untracked',
      mode: readMode(join(root, path), fileMode),
    }))
}

/** Compares the files that both sides have. A file is read only if the index does not prove that it is unchanged. */
async function sortCommon(
  committed: ReadonlyMap<string, GitEntry>,
  disk: ReadonlySet<string>,
  { tree, place, fileMode, index: { candidates, flagged } }: Comparison,
): Promise<Difference[]> {
  const differences: Difference[] = []
  const compared: (ComparedFile & { path: string })[] = []
  for (const [path, entry] of committed) {
    if (!disk.has(path)) continue
    const full = join(tree.root, path)
    if (!candidates || candidates.has(path) || flagged.has(path)) compared.push({ path, full, entry })
    else if (entry.mode !== 'symlink' && hasOtherSize(full, entry))
      differences.push({ path, reason: 'converted' })
  }
  const answers = await compareContents(compared, place)
  for (const [at, { path, full, entry }] of compared.entries()) {
    const mode = readMode(full, fileMode, entry.mode)
    const isAsset = entry.path.startsWith(ASSETS)
    if (answers[at] === 'other') differences.push({ path, reason: explainFlag(flagged.get(path)), mode })
    else if (isAsset && mode !== entry.mode) differences.push({ path, reason: 'mode', mode })
    else if (answers[at] === 'converted') differences.push({ path, reason: 'converted' })
  }
  return differences
}

/** False also where a size is not known: the file's name is not UTF-8, or the clone lacks the object. */
function hasOtherSize(path: string, { size: committed }: GitEntry): boolean {
  if (committed === undefined) return false
  const size = lstatSync(path, { throwIfNoEntry: false })?.size
  return size !== undefined && size !== committed
}

/** The mode of a file on disk; if the file system does not keep the executable bit, the commit's mode counts. */
function readMode(path: string, fileMode: boolean, committed?: GitEntry['mode']): GitEntry['mode'] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isSymbolicLink()) return 'symlink'
  if (!stats?.isFile()) return 'other'
  if (!fileMode) return committed === 'executable' ? 'executable' : 'file'
  return (stats.mode & OWNER_MAY_RUN) !== 0 ? 'executable' : 'file'
}

/** Why a file with other content than the commit has this flag in the index. */
function explainFlag(flag: string | undefined): 'modified' | 'hidden' | 'unmerged' {
  if (flag === undefined) return 'modified'
  return flag === 'M' ? 'unmerged' : 'hidden'
}

/** The failure of a publish whose working tree differs from the commit. */
export function refuseDirt(dirt: readonly Difference[], { root }: WorkingTree): Failure {
  const [first] = dirt as [Difference]
  const others = dirt.length - 1
  const firstPath = shownPath(join(root, first.path))
  const rest = others > 0 ? ` (and ${others} other ${others === 1 ? 'file' : 'files'})` : ''
  const hint = hintOnDirt(first.reason, quoteWord(firstPath))
  return new Failure('NO_COMMIT', `${firstPath} ${REASONS[first.reason]}${rest}`, hint, {
    detail: { differences: dirt.map(({ path, reason }) => ({ path: shownPath(join(root, path)), reason })) },
  })
}

/** @param word the path, as a shell takes it */
function hintOnDirt(reason: Difference['reason'], word: string): string {
  if (reason === 'ignored')
    return `move it out of the folder of the definition, or add and commit it: git add -f ${word}`
  if (reason === 'unmerged') return `resolve it, then stage and commit it: git add ${word}`
  return 'commit or revert the change, or publish with --allow-dirty to mark the revision as dirty'
}
