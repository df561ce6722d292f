import type { Kind } from '../../contract/kind.ts'
import { BUILD_ID } from '../cache/build-id.ts'
import { findCacheFolder } from '../cache/cache-folder.ts'
import { isLarge, type WorkingTree } from '../tree/tree.ts'
import { TreeAnswerCache } from './tree-answer-cache.ts'
import { VerdictCache } from './verdict-cache.ts'

/**
 * Opens the cache of a working tree; undefined where it would not pay, where there is no folder for it, and where the
 * rules may be others at the next run.
 * @param projectRoot the folder of the project
 * @param hasOwnRules whether the rules of a kind are part of this build of nofx
 * @param build identifies the rules
 */
export function openVerdictCache(
  projectRoot: string,
  tree: WorkingTree,
  hasOwnRules: (kind: Kind) => boolean,
  build = BUILD_ID,
): VerdictCache | undefined {
  const folder = build === undefined ? undefined : findCacheFolder(projectRoot)
  if (build === undefined || folder === undefined || !isLarge(tree)) return undefined
  const { root, kinds } = tree
  return new VerdictCache({ folder, root, build, kinds: kinds.filter(hasOwnRules) })
}

/** Opens the answer of the last run over all of a working tree; undefined in the same cases, and with kinds of plugins. */
export function openAnswerCache(
  projectRoot: string,
  tree: WorkingTree,
  hasOwnRules: (kind: Kind) => boolean,
  build = BUILD_ID,
): TreeAnswerCache | undefined {
  const folder = build === undefined ? undefined : findCacheFolder(projectRoot)
  if (build === undefined || folder === undefined || !tree.kinds.every(hasOwnRules)) return undefined
  const cache = new TreeAnswerCache({ folder, tree, build })
  return cache.exists || isLarge(tree) ? cache : undefined
}
