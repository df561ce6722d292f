import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { sha256 } from '../../contract/digest.ts'
import type { Kind } from '../../contract/kind.ts'
import { BUILD_ID } from '../cache/build-id.ts'
import { type CacheFile, readCache, writeCache } from '../cache/cache-file.ts'
import { findCacheFolder } from '../cache/cache-folder.ts'
import { RunClock } from '../cache/run-clock.ts'
import { git } from '../git/git-command.ts'
import { type GitLists, listOthers } from '../git/git-entries.ts'
import { placeOnDisk } from '../git/git-place.ts'
import { isUnmodified } from '../tree/git-index.ts'
import { type GitState, readGitState } from '../tree/git-state.ts'
import { areBeside } from '../tree/same-as-commit.ts'
import { isLarge, type WorkingTree } from '../tree/tree.ts'
import { isEmpty, type PublishPlan } from './publish-plan.ts'

/** The plan of a publish that found nothing to do. */
export interface QuietPlan {
  plan: PublishPlan
  /** What the heads of the registry added up to (`HeadsAnswer`). */
  sum: string
  diagnostics: Diagnostic[]
}

/** What a plan depends on besides the commit and the registry. */
export interface QuietPlace {
  projectRoot: string
  tree: WorkingTree
  /** Whether the rules of a kind are part of this build of nofx. */
  hasOwnRules: (kind: Kind) => boolean
  /** The options of the plan. */
  options: object
  build?: string | undefined
}

/** Keys of the file. */
const STATE = 'state'
const ANSWER = 'answer'
/** git compares whole seconds only, and some file systems keep every second one. */
const GIT_STEP_MS = 2_500

/** What a publish is asked for, as flags. */
interface PublishFlags {
  only?: readonly string[] | undefined
  commit?: string | undefined
  comment?: string | undefined
  'allow-dirty'?: boolean
}

/** Whether a plan is of everything in the commit at HEAD, and of nothing else. A comment shows more than the plan. */
export function isOfHead(flags: PublishFlags): boolean {
  return mayCompareTrees(flags) && !flags['allow-dirty'] && flags.comment === undefined
}

/** Whether a plan is of everything in the commit at HEAD, or in a working tree over it, so that their trees are compared. */
export function mayCompareTrees({ only, commit }: PublishFlags): boolean {
  return only === undefined && commit === undefined
}

/**
 * Opens the last quiet plan of a working tree; undefined where it would not pay, where there is no folder for it, and with
 * kinds of plugins, whose rules may be others at the next run. The first run in a clone, such as a job of CI, keeps no
 * plan, and makes the folder for those that follow.
 */
export function openQuietPlans(place: QuietPlace): QuietPlans | undefined {
  const { projectRoot, tree, hasOwnRules, options, build = BUILD_ID } = place
  const folder = build === undefined ? undefined : findCacheFolder(projectRoot)
  if (folder === undefined || !tree.kinds.every(hasOwnRules)) return undefined
  if (!existsSync(folder)) {
    if (isLarge(tree)) makeFolder(folder)
    return undefined
  }
  const { root, kinds } = tree
  const maker = [build, root, ...kinds.map(({ id }) => id), JSON.stringify(options)].join('\n')
  const file = { path: join(folder, `publish-${sha256(root).slice(0, 12)}`), maker }
  return existsSync(file.path) || isLarge(tree) ? new QuietPlans(file, tree, new RunClock(folder)) : undefined
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    // Then nothing is kept.
  }
}

/**
 * The plan of the last publish of everything in a commit, if it did nothing. It is made again by the same state of git,
 * in a working tree that is the commit's, if the registry has the same heads.
 */
export class QuietPlans {
  private readonly file: CacheFile
  private readonly tree: WorkingTree
  private readonly clock: RunClock
  private state: GitState | undefined
  private answers: GitLists = {}

  constructor(file: CacheFile, tree: WorkingTree, clock: RunClock) {
    this.file = file
    this.tree = tree
    this.clock = clock
  }

  /**
   * The last plan, if git would make it again and the registry has the same heads.
   * @param ask asks the registry what its heads add up to, while git compares the files
   */
  async recall(ask: () => Promise<string | undefined>): Promise<QuietPlan | undefined> {
    const lines = readCache(this.file)
    // git compares files while its state is read: most publishes come from the state of the last one.
    const indexed = lines.has(STATE) ? this.isIndexed() : undefined
    this.state = await readGitState(this.tree)
    if (this.state === undefined || this.state.signature !== lines.get(STATE)) return undefined
    // After a failure, the registry is asked again for the plan.
    const asking = ask().catch(() => undefined)
    if (!(await indexed)) return undefined
    const last = readPlan(lines.get(ANSWER) ?? '', this.tree)
    return last.sum === (await asking) ? last : undefined
  }

  /** What git was asked in this run. */
  get lists(): GitLists {
    return { ...this.answers, at: this.state?.at, autocrlf: this.state?.autocrlf }
  }

  /** Takes the plan of this run, whose working tree was compared with the commit. */
  async keep(answer: QuietPlan): Promise<void> {
    const { state, tree } = this
    const { items, commit } = answer.plan
    if (!state || items.length > 0 || !isEmpty(answer.plan) || commit.dirty) return
    if (!this.clock.isOlder({ ...state, newest: state.newest + GIT_STEP_MS })) return
    const again = await readGitState(tree)
    if (again?.signature !== state.signature || !(await this.isUnflagged())) return
    const lines: [string, string][] = [
      [STATE, state.signature],
      [ANSWER, writePlan(answer, tree)],
    ]
    writeCache(this.file, new Map(lines))
  }

  /** Whether every file of a definition is as git's index has it, and git tracks all of them. */
  private async isIndexed(): Promise<boolean> {
    const { root, kinds } = this.tree
    const unmodified = isUnmodified(this.tree)
    const others = listOthers(placeOnDisk(root))
    this.answers = { others, unmodified }
    const [isClean, extras] = await Promise.all([unmodified, others.catch(() => [''])])
    return isClean && areBeside(extras, kinds)
  }

  /** Whether git looks at every file. */
  private async isUnflagged(): Promise<boolean> {
    const { root, kinds } = this.tree
    const words = ['ls-files', '-v', '-z', '--', ...kinds.map(({ id }) => id)]
    const rows = await git(root, words).catch(() => '?')
    return !/(?:^|\0)[^H\0]/.test(rows)
  }
}

/** Paths are shown from the working directory, which may be another one the next time. */
function writePlan({ diagnostics, ...rest }: QuietPlan, { shownPath }: WorkingTree): string {
  const inside = diagnostics.map((one) => ({ ...one, path: one.path.slice(shownPath.length) }))
  return JSON.stringify({ ...rest, diagnostics: inside })
}

function readPlan(text: string, { shownPath }: WorkingTree): QuietPlan {
  const answer = JSON.parse(text) as QuietPlan
  return { ...answer, diagnostics: answer.diagnostics.map((one) => ({ ...one, path: shownPath + one.path })) }
}
