import type { Watch } from '../progress.ts'
import { bundleOf } from './bundle.ts'
import { readSource } from './collect.ts'
import { foldersOf, type Tree } from './tree.ts'

/** Definitions that are read at once; between two such batches Ctrl-C and the registry's answers are taken. */
const BATCH = 32

/**
 * Hashes every definition that `covers` selects, by `kind/id`. One with a file that cannot be read has no digest.
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(
  tree: Tree,
  covers: (kind: string, id: string) => boolean,
  watch: Watch,
): Promise<Map<string, string>> {
  const folders = foldersOf(tree).filter(({ kind, id }) => covers(kind.id, id))
  const digests = new Map<string, string>()
  const prepare = (start: number) => tree.files?.prepare(folders.slice(start, start + BATCH))
  let ready = prepare(0)
  for (let start = 0; start < folders.length; start += BATCH) {
    await Promise.all([ready, new Promise(setImmediate)])
    watch.signal.throwIfAborted()
    // The next batch arrives while this one is hashed.
    ready = prepare(start + BATCH)
    ready?.catch(() => {})
    for (const folder of folders.slice(start, start + BATCH)) {
      const source = readSource(folder)
      if (source.findings.length === 0)
        digests.set(`${folder.kind.id}/${folder.id}`, bundleOf(source, folder).digest)
    }
  }
  return digests
}
