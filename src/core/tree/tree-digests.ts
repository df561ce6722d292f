import { type Covers, nameOf } from '../../contract/name.ts'
import type { Watch } from '../progress.ts'
import { buildBundle } from './bundle.ts'
import { readSource, toNamed } from './collect.ts'
import { foldersOf, type Tree } from './tree.ts'

/** Definitions per batch; between two batches the event loop can handle Ctrl-C and the registry's answers. */
const BATCH = 32

/**
 * Hashes every definition that `covers` selects, by `kind/id`. A definition with an unreadable file has no digest.
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(tree: Tree, covers: Covers, watch: Watch): Promise<Map<string, string>> {
  const folders = foldersOf(tree).filter((folder) => covers(toNamed(folder)))
  const digests = new Map<string, string>()
  const prepare = (start: number) => tree.files?.prepare(folders.slice(start, start + BATCH))
  let ready = prepare(0)
  for (let start = 0; start < folders.length; start += BATCH) {
    await Promise.all([ready, new Promise(setImmediate)])
    watch.signal.throwIfAborted()
    // The next batch is fetched while this batch is hashed.
    ready = prepare(start + BATCH)
    ready?.catch(() => {})
    for (const folder of folders.slice(start, start + BATCH)) {
      const source = readSource(folder)
      if (source.findings.length === 0)
        digests.set(nameOf(toNamed(folder)), buildBundle(source, folder).digest)
    }
  }
  return digests
}
