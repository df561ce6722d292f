import type { StageWatch } from '../progress.ts'
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
}

const NOTHING_IGNORED: DiskView = { ignored: new Set(), touched: new Set() }

/**
 * Validates every definition of a working tree in git, as git sees it, and finds what git hides. If nothing changed since
 * the last run, its answer is given again.
 */
export async function validateWhole(
  tree: WorkingTree,
  answers: TreeAnswerCache,
  { askRegistry, openVerdicts }: WholeOptions,
  watch: StageWatch,
): Promise<TreeAnswer> {
  const recalled = await answers.recall()
  if (recalled) return recalled
  const pending = askForUnseen(tree)
  const view = answers.ignoresNone ? NOTHING_IGNORED : await readView(tree, 'rules')
  const covered = view ? seenAs(tree, view) : tree
  const cache = openVerdicts()
  let isAlone = true
  const ask: AskRegistry = (kind, id) => {
    isAlone = false
    return askRegistry(kind, id)
  }
  const validated = await validate(covered, { askRegistry: ask, cache }, watch)
  const unseen = await pending
  const checked = cache?.list(findFolders(covered))
  if (isAlone && unseen && checked && view && ignoresNone(view, tree))
    await answers.keep({ ...validated, unseen }, checked)
  return { ...validated, unseen: unseen ?? [] }
}

/** Whether nothing that git ignores is in the folder of a kind. */
function ignoresNone({ touched }: DiskView, { kinds }: WorkingTree): boolean {
  const others = new Set(['', '.', ...kinds.map(({ id }) => id)])
  return [...touched].every((name) => !others.has(name.split('/')[0] ?? ''))
}
