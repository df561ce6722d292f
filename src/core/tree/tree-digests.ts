import { type Covers, nameOf } from '../../contract/name.ts'
import type { StageWatch } from '../progress.ts'
import { buildBundle } from './bundle.ts'
import { type DefinitionFolder, readSource, toNamed } from './collect.ts'
import { readAhead } from './read-ahead.ts'
import { findFolders, type WorkingTree } from './tree.ts'

/**
 * Hashes every definition that `covers` selects, by `kind/id`. A definition with an unreadable file has no digest, and
 * one whose objects the tree's cache knows is not read.
 * @param wants asked just before a definition is read; one that it does not want has no digest
 * @throws Failure INPUT_UNREADABLE
 */
export async function digestTree(
  tree: WorkingTree,
  covers: Covers,
  watch: StageWatch,
  wants: Covers = covers,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  const unknown: DefinitionFolder[] = []
  for (const folder of findFolders(tree)) {
    if (!covers(toNamed(folder))) continue
    const digest = tree.digests?.find(folder)
    if (digest === undefined) unknown.push(folder)
    else digests.set(nameOf(toNamed(folder)), digest)
  }
  for await (const folder of readAhead(tree, unknown, watch, (one) => wants(toNamed(one)))) {
    const source = readSource(folder)
    if (source.findings.length > 0) continue
    const { digest } = buildBundle(source, folder)
    tree.digests?.add(folder, digest)
    digests.set(nameOf(toNamed(folder)), digest)
  }
  tree.digests?.save()
  return digests
}
