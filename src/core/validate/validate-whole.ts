import { mayBeInGit, placeOnDisk } from '../git/git-place.ts'
import type { StageWatch } from '../progress.ts'
import type { StartReader } from '../reading/ahead-reader.ts'
import { TrackedFiles } from '../reading/tracked-files.ts'
import type { DiskView } from '../tree/collect.ts'
import { readView, seenAs } from '../tree/disk-view.ts'
import { askForUnseen } from '../tree/publish-source.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import type { AskRegistry } from './surroundings.ts'
import type { TreeAnswer, TreeAnswerCache } from './tree-answer-cache.ts'
import { type Validated, validate } from './validate.ts'
import type { VerdictCache } from './verdict-cache.ts'

/** What a run over the whole tree needs besides it. */
export interface WholeOptions {
  /** Its answers may change at any time. */
  askRegistry: AskRegistry
  /** Opens the verdicts of earlier runs. */
  openVerdicts: () => VerdictCache | undefined
  /** Starts a thread that reads definitions from the disk ahead of the checks. */
  startReader?: StartReader | undefined
}

/** A run, and what it was made with. */
interface Run {
  validated: Validated
  cache: VerdictCache | undefined
  view: DiskView | undefined
  /** Whether the registry was not asked. */
  isAlone: boolean
}

const NOTHING_IGNORED: DiskView = { ignored: new Set(), touched: new Set() }

/**
 * Validates every definition of a working tree in git, as git sees it, and finds what git hides. If nothing changed since
 * the last run, its answer is given again.
 */
export async function validateWhole(
  tree: WorkingTree,
  answers: TreeAnswerCache | undefined,
  options: WholeOptions,
  watch: StageWatch,
): Promise<TreeAnswer> {
  const recalled = await answers?.recall()
  if (recalled) return recalled
  const place = placeOnDisk(tree.root)
  const tracked = !answers?.ignoresNone && mayBeInGit(place) ? new TrackedFiles(place) : undefined
  const pending = askForUnseen(tree, tracked)
  const { validated, cache, view, isAlone } = answers?.ignoresNone
    ? await runOver(tree, NOTHING_IGNORED, options, watch)
    : await runEarly(tree, tracked, options, watch)
  const unseen = await pending
  const covered = view && seenAs(tree, view)
  const checked = covered && isBeside(view.touched, tree) ? cache?.list(findFolders(covered)) : undefined
  if (isAlone && unseen && checked) await answers?.keep({ ...validated, unseen }, checked)
  return { ...validated, unseen: unseen ?? [] }
}

/** What git ignores; undefined outside of git, and if git fails. */
async function findView(
  tree: WorkingTree,
  others: Promise<readonly string[]> | undefined,
): Promise<DiskView | undefined> {
  const isKnown = await others?.then((paths) => isBeside(paths, tree)).catch(() => false)
  return isKnown ? NOTHING_IGNORED : readView(tree, 'rules')
}

/**
 * Begins before git has said what it ignores, because that is seldom anything in a definition; then the run begins again.
 * The registry is asked only for what git sees.
 */
async function runEarly(
  tree: WorkingTree,
  tracked: TrackedFiles | undefined,
  options: WholeOptions,
  watch: StageWatch,
): Promise<Run> {
  const pendingView = findView(tree, tracked?.others)
  const stop = new AbortController()
  const signal = AbortSignal.any([watch.signal, stop.signal])
  const askRegistry: AskRegistry = async (kind, id) => {
    await pendingView
    signal.throwIfAborted()
    return options.askRegistry(kind, id)
  }
  const early = runOver(tree, NOTHING_IGNORED, { ...options, askRegistry, tracked }, { ...watch, signal })
  // A run that failed has not read everything.
  early.catch(() => tracked?.giveUp())
  const view = await pendingView
  if (!view || isBeside(view.touched, tree)) return { ...(await early), view }
  stop.abort()
  await early.catch(() => {})
  return runOver(tree, view, options, watch)
}

async function runOver(
  tree: WorkingTree,
  view: DiskView,
  { askRegistry, openVerdicts, startReader, tracked }: WholeOptions & { tracked?: TrackedFiles | undefined },
  watch: StageWatch,
): Promise<Run> {
  const cache = openVerdicts()
  // With verdicts of an earlier run, few definitions are read.
  if (cache && !cache.isEmpty) tracked?.giveUp()
  let isAlone = true
  const ask: AskRegistry = (kind, id) => {
    isAlone = false
    return askRegistry(kind, id)
  }
  const using = { askRegistry: ask, cache, startReader, tracked }
  const validated = await validate(seenAs(tree, view), using, watch)
  return { validated, cache, view, isAlone }
}

/** Whether none of these paths is in the folder of a kind. */
function isBeside(paths: Iterable<string>, { kinds }: WorkingTree): boolean {
  const all = new Set(['', '.', ...kinds.map(({ id }) => id)])
  return ![...paths].some((path) => all.has(path.split('/')[0] ?? ''))
}
