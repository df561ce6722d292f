import { type Covers, nameOf } from '../../contract/name.ts'
import { BETWEEN_PAUSES, pause, type StageWatch } from '../progress.ts'
import { buildBundle } from './bundle.ts'
import { type DefinitionFolder, readSource, toNamed } from './collect.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/**
 * Hashes every definition that `covers` selects, by `kind/id`. A definition with an unreadable file has no digest, and
 * one whose objects the tree's cache knows is not read.
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(
  tree: WorkingTree,
  covers: Covers,
  watch: StageWatch,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  const unknown: DefinitionFolder[] = []
  for (const folder of findFolders(tree)) {
    if (!covers(toNamed(folder))) continue
    const digest = tree.digests?.find(folder)
    if (digest === undefined) unknown.push(folder)
    else digests.set(nameOf(toNamed(folder)), digest)
  }
  for await (const folder of prepared(tree, unknown, watch)) {
    const source = readSource(folder)
    if (source.findings.length > 0) continue
    const { digest } = buildBundle(source, folder)
    tree.digests?.add(folder, digest)
    digests.set(nameOf(toNamed(folder)), digest)
  }
  tree.digests?.save()
  return digests
}

/** Gives the folders one by one, and fetches the next batch while one batch is handled. */
async function* prepared(
  tree: WorkingTree,
  folders: readonly DefinitionFolder[],
  watch: StageWatch,
): AsyncGenerator<DefinitionFolder> {
  const batchAt = (start: number) => folders.slice(start, start + BETWEEN_PAUSES)
  let ready = tree.files?.prepare(batchAt(0))
  for (let start = 0; start < folders.length; start += BETWEEN_PAUSES) {
    await Promise.all([ready, pause(watch)])
    ready = tree.files?.prepare(batchAt(start + BETWEEN_PAUSES))
    ready?.catch(() => {})
    yield* batchAt(start)
  }
}
