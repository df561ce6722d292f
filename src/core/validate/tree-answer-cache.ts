import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../contract/digest.ts'
import { nameOf } from '../../contract/name.ts'
import { type CacheFile, readCache, writeCache } from '../cache/cache-file.ts'
import { type FolderStamp, readStamp } from '../cache/folder-stamp.ts'
import { RunClock } from '../cache/run-clock.ts'
import { git, splitNul } from '../git/git-command.ts'
import { toNamed } from '../tree/collect.ts'
import type { Difference } from '../tree/differences.ts'
import { type GitState, readGitState } from '../tree/git-state.ts'
import type { WorkingTree } from '../tree/tree.ts'
import type { Validated } from './validate.ts'
import type { CheckedPaths } from './verdict-cache.ts'

/** What a run over all definitions of a working tree found. */
export interface TreeAnswer extends Validated {
  /** Differences from the commit that `git status` does not show. */
  unseen: Difference[]
}

/** Keys of the file. The name of a definition, which is a key too, has a slash. */
const STATE = 'state'
const STAMP = 'stamp'
const ANSWER = 'answer'
/** Paths of a definition are joined with this character, which no name of a file may contain. */
const PATH_END = '\0'
/** git compares whole seconds only, and some file systems keep every second one. */
const GIT_STEP_MS = 2_500

/**
 * The answer of the last run over a working tree. It is given again while git finds every file as its index describes it,
 * and while the rest that the answer depends on has the same stamp: git's own state, the folders of the definitions, and
 * their files that git does not track. Then no definition is read, and no verdict is looked up.
 */
export class TreeAnswerCache {
  private readonly file: CacheFile
  private readonly tree: WorkingTree
  private readonly clock: RunClock
  private state: GitState | undefined
  /** Whether it is known that git ignores no file of a definition. */
  ignoresNone = false

  /** @param build of nofx whose rules make the answer */
  constructor({ folder, tree, build }: { folder: string; tree: WorkingTree; build: string }) {
    const { root, kinds } = tree
    // A file that one user cannot read may be readable for another.
    const maker = [build, process.version, process.getuid?.() ?? '', root, ...kinds.map(({ id }) => id)]
    this.file = { path: join(folder, `answer-${sha256(root).slice(0, 12)}`), maker: maker.join('\n') }
    this.tree = tree
    this.clock = new RunClock(folder)
  }

  /** Whether there was an earlier run with an answer. */
  get exists(): boolean {
    return existsSync(this.file.path)
  }

  /** The answer of an earlier run, if a new one would have the same. */
  async recall(): Promise<TreeAnswer | undefined> {
    const lines = readCache(this.file)
    const pending = [readGitState(this.tree), lines.size > 0 ? this.findDirt() : undefined] as const
    // git is at work meanwhile.
    const stamp = lines.size > 0 ? this.stampAll(definitionsIn(lines)) : undefined
    const [state, dirt] = await Promise.all(pending)
    this.state = state
    this.ignoresNone =
      state !== undefined && state.signature === lines.get(STATE) && stamp?.signature === lines.get(STAMP)
    return this.ignoresNone && dirt === '' ? readAnswer(lines.get(ANSWER) ?? '', this.tree) : undefined
  }

  /**
   * Takes the answer of this run.
   * @param checked what was checked, all of it from files on the disk that did not change meanwhile
   */
  async keep(answer: TreeAnswer, checked: readonly CheckedPaths[]): Promise<void> {
    const { state, tree } = this
    if (!state) return
    const pending = [readGitState(tree), this.findDirt(), this.listTracked()] as const
    const [again, dirt, tracked] = await Promise.all(pending)
    if (again?.signature !== state.signature || dirt !== '' || !tracked) return
    const definitions = checked.map(({ folder, paths }): [string, string[]] => {
      const name = nameOf(toNamed(folder))
      return [name, paths.filter((path) => !tracked.has(`${name}/${path}`))]
    })
    const stamp = this.stampAll(definitions)
    const newest = checked.reduce(
      (latest, one) => Math.max(latest, one.newest),
      Math.max(state.newest, stamp?.newest ?? 0),
    )
    if (!stamp || !this.clock.isOlder({ ...stamp, newest: newest + GIT_STEP_MS })) return
    const lines = definitions.map(([name, paths]): [string, string] => [name, paths.join(PATH_END)])
    const head: [string, string][] = [
      [STATE, state.signature],
      [STAMP, stamp.signature],
      [ANSWER, writeAnswer(answer, tree)],
    ]
    writeCache(this.file, new Map([...head, ...lines]))
  }

  private stampAll(definitions: Iterable<[string, string[]]>): FolderStamp | undefined {
    const paths = Array.from(definitions, ([name, inside]) => [
      name,
      ...inside.map((path) => `${name}/${path}`),
    ])
    return readStamp(this.tree.root, paths.flat())
  }

  /** Files of definitions that are not as the index describes them; undefined if git cannot say. */
  private findDirt(): Promise<string | undefined> {
    return this.ask(['diff-files', '--name-only', '-z', '--ignore-submodules=all'])
  }

  /** Every file that git tracks; undefined if it is told not to look at one of them. */
  private async listTracked(): Promise<ReadonlySet<string> | undefined> {
    const rows = splitNul((await this.ask(['ls-files', '-v', '-z'])) ?? '?')
    return rows.every((row) => row.startsWith('H ')) ? new Set(rows.map((row) => row.slice(2))) : undefined
  }

  private ask(words: string[]): Promise<string | undefined> {
    const { root, kinds } = this.tree
    return git(root, [...words, '--', ...kinds.map(({ id }) => id)]).catch(() => undefined)
  }
}

function* definitionsIn(lines: ReadonlyMap<string, string>): Generator<[string, string[]]> {
  for (const [name, paths] of lines)
    if (name.includes('/')) yield [name, paths === '' ? [] : paths.split(PATH_END)]
}

/** Paths are shown from the working directory, which may be another one the next time. */
function writeAnswer({ diagnostics, ...rest }: TreeAnswer, { shownPath }: WorkingTree): string {
  const inside = diagnostics.map((one) => ({ ...one, path: one.path.slice(shownPath.length) }))
  return JSON.stringify({ ...rest, diagnostics: inside })
}

function readAnswer(text: string, { shownPath }: WorkingTree): TreeAnswer {
  const answer = JSON.parse(text) as TreeAnswer
  return { ...answer, diagnostics: answer.diagnostics.map((one) => ({ ...one, path: shownPath + one.path })) }
}
