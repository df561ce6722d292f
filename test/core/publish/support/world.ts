import { computeGitTree } from '../../../../src/contract/protocol/git-tree.ts'
import type { Head } from '../../../../src/core/registry/registry.ts'
import { sourceOfPublish } from '../../../../src/core/tree/publish-source.ts'
import type { Repository } from '../../git/support/repository.ts'
import { publishedFrom } from '../../support/registry.ts'

/** A repository and the heads of its registry. */
export interface World {
  made: Repository
  heads: Head[]
  /** What the registry has had, for a restore. */
  backup: Head[]
}

/** The ids of git's trees by digest, as the registry computes them. */
export const TREES = new Map<string, string | undefined>()

/** The heads of a registry that has what git has. */
export const readPublished = async ({ made }: Pick<World, 'made'>): Promise<Head[]> => {
  try {
    const { tree } = await sourceOfPublish(made.tree(), { allowDirty: false })
    const { heads, revisions } = publishedFrom(tree)
    for (const { digest, files, texts } of revisions) {
      const all = files.map(({ path }) =>
        Object.hasOwn(texts, path) ? { path, text: texts[path] } : { path },
      )
      TREES.set(digest, computeGitTree(all))
    }
    return heads
  } catch {
    return []
  }
}

/** What happens to the registry, by others and by hand. */
export const MOVES: Record<string, (world: World) => void | Promise<void>> = {
  'what git has is published': async (world) => {
    world.heads = await readPublished(world)
  },
  'another content is published': ({ heads }) => {
    if (heads[0]) heads[0] = { ...heads[0], digest: 'b'.repeat(64), latestVersion: 2 }
  },
  'a content is held': ({ heads }) => {
    const [head] = heads
    if (!head) return
    const hold = { digest: head.digest, version: 1, reason: null, by: 'ann', since: head.updatedAt }
    heads[0] = { ...head, hold: [hold], digest: 'c'.repeat(64) }
  },
  'a content is withdrawn': ({ heads }) => {
    const [head] = heads
    if (!head) return
    const hold = { digest: head.digest, version: 1, reason: null, by: 'ann', since: head.updatedAt }
    heads[0] = { ...head, hold: [{ ...hold, withdrawn: true as const }] }
  },
  'a definition is removed': ({ heads }) => {
    if (heads[0]) heads[0] = { ...heads[0], state: 'removed', version: null }
  },
  'a definition comes that git does not have': ({ heads }) => {
    if (heads[0]) heads.push({ ...heads[0], id: 'elsewhere' })
  },
  'a backup is made': (world) => {
    world.backup = [...world.heads]
  },
  'the backup is restored': (world) => {
    world.heads = [...world.backup]
  },
}
