import { bundleOf } from './bundle.ts'
import { listFolders, readSource } from './collect.ts'
import type { Watch } from './progress.ts'
import type { Tree } from './tree.ts'

/** Definitions between two looks at the world: Ctrl-C, and the registry that answers meanwhile. */
const YIELD_EVERY = 32

/**
 * Hashes every definition that `covers` selects, by `kind/id`. One with a file that cannot be read has no digest.
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(
  tree: Tree,
  covers: (kind: string, id: string) => boolean,
  watch: Watch,
): Promise<Map<string, string>> {
  const folders = tree.kinds.flatMap((kind) => listFolders(tree.root, tree.shown, kind))
  const digests = new Map<string, string>()
  for (const [index, folder] of folders.entries()) {
    if (index % YIELD_EVERY === 0) await new Promise(setImmediate)
    watch.signal.throwIfAborted()
    if (!covers(folder.kind.id, folder.id)) continue
    const source = readSource(folder)
    if (source.findings.length === 0)
      digests.set(`${folder.kind.id}/${folder.id}`, bundleOf(source, folder.dir).digest)
  }
  return digests
}
