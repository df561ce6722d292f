import { type Covers, nameOf } from '../../contract/name.ts'
import { BETWEEN_PAUSES, pause, type StageWatch } from '../progress.ts'
import { buildBundle } from './bundle.ts'
import { readSource, toNamed } from './collect.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/**
 * Hashes every definition that `covers` selects, by `kind/id`. A definition with an unreadable file has no digest.
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(
  tree: WorkingTree,
  covers: Covers,
  watch: StageWatch,
): Promise<Map<string, string>> {
  const folders = findFolders(tree).filter((folder) => covers(toNamed(folder)))
  const digests = new Map<string, string>()
  const batchAt = (start: number) => folders.slice(start, start + BETWEEN_PAUSES)
  const prepare = (start: number) => tree.files?.prepare(batchAt(start))
  let ready = prepare(0)
  for (let start = 0; start < folders.length; start += BETWEEN_PAUSES) {
    await Promise.all([ready, pause(watch)])
    // The next batch is fetched while this batch is hashed.
    ready = prepare(start + BETWEEN_PAUSES)
    ready?.catch(() => {})
    for (const folder of batchAt(start)) {
      const source = readSource(folder)
      if (source.findings.length === 0)
        digests.set(nameOf(toNamed(folder)), buildBundle(source, folder).digest)
    }
  }
  return digests
}
