import type { Worker } from 'node:worker_threads'
import type { StageWatch } from '../core/progress.ts'
import type { WorkingTree } from '../core/tree/tree.ts'
import type { AskRegistry } from '../core/validate/surroundings.ts'
import type { TreeAnswer } from '../core/validate/tree-answer-cache.ts'
import { hasOwnRules } from './plugins/guard-kind.ts'
import { readerStarter } from './start-reader.ts'

/** What a check of a whole tree is made with. */
export interface WholeCheck {
  /** The folder of the package. */
  root: string
  projectRoot: string
  /** Whether results of earlier runs are used, and kept. */
  isCached: boolean
  askRegistry: AskRegistry
  /** A thread that reads definitions, and waits for its order. */
  thread?: Worker | undefined
}

/** Checks everything in a tree, or gives the answer of an earlier run. */
export async function checkWhole(
  tree: WorkingTree,
  { root, projectRoot, isCached, askRegistry, thread }: WholeCheck,
  watch: StageWatch,
): Promise<TreeAnswer> {
  const { openAnswerCache, openVerdictCache } = await import('../core/validate/open-verdict-cache.ts')
  const { validateWhole } = await import('../core/validate/validate-whole.ts')
  const answers = isCached ? openAnswerCache(projectRoot, tree, hasOwnRules) : undefined
  const openVerdicts = () => (isCached ? openVerdictCache(projectRoot, tree, hasOwnRules) : undefined)
  const startReader = readerStarter(root, thread)
  return validateWhole(tree, answers, { askRegistry, openVerdicts, startReader }, watch)
}
