import { listOthers } from '../git/git-entries.ts'
import { mayBeInGit, placeOnDisk } from '../git/git-place.ts'
import type { StageWatch } from '../progress.ts'
import type { StartReader } from '../tree/ahead-reader.ts'
import type { DiskView } from '../tree/collect.ts'
import { readView, seenAs } from '../tree/disk-view.ts'
import { askForUnseen } from '../tree/publish-source.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import type { AskRegistry } from './surroundings.ts'
import type { TreeAnswer, TreeAnswerCache } from './tree-answer-cache.ts'
import { validate } from './validate.ts'
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

const NOTHING_IGNORED: DiskView = { ignored: new Set(), touched: new Set() }

/**
 * Validates every definition of a working tree in git, as git sees it, and finds what git hides. If nothing changed since
 * the last run, its answer is given again.
 */
export async function validateWhole(
  tree: WorkingTree,
  answers: TreeAnswerCache | undefined,
  { askRegistry, openVerdicts, startReader }: WholeOptions,
  watch: StageWatch,
): Promise<TreeAnswer> {
  const recalled = await answers?.recall()
  if (recalled) return recalled
  const place = placeOnDisk(tree.root)
  const others = !answers?.ignoresNone && mayBeInGit(place) ? listOthers(place) : undefined
  // The question may be answered without them.
  others?.catch(() => {})
  const pending = askForUnseen(tree, others)
  const isKnown =
    answers?.ignoresNone || (await others?.then((paths) => isBeside(paths, tree)).catch(() => false))
  const view = isKnown ? NOTHING_IGNORED : await readView(tree, 'rules')
  const covered = view ? seenAs(tree, view) : tree
  const cache = openVerdicts()
  let isAlone = true
  const ask: AskRegistry = (kind, id) => {
    isAlone = false
    return askRegistry(kind, id)
  }
  const validated = await validate(covered, { askRegistry: ask, cache, startReader }, watch)
  const unseen = await pending
  const checked = view && isBeside(view.touched, tree) ? cache?.list(findFolders(covered)) : undefined
  if (isAlone && unseen && checked) await answers?.keep({ ...validated, unseen }, checked)
  return { ...validated, unseen: unseen ?? [] }
}

/** Whether none of these paths is in the folder of a kind. */
function isBeside(paths: Iterable<string>, { kinds }: WorkingTree): boolean {
  const all = new Set(['', '.', ...kinds.map(({ id }) => id)])
  return ![...paths].some((path) => all.has(path.split('/')[0] ?? ''))
}
