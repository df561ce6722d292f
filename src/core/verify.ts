import { bundleOf, packBundle } from './bundle.ts'
import { treeOfCommit } from './commit-tree.ts'
import { sha256 } from './contract/digest.ts'
import type { Kind } from './kind.ts'
import type { BundleRef, Registry } from './registry.ts'
import { readDefinition, type Tree } from './tree.ts'

/** A bundle that storage has lost or changed. */
export interface DamagedBundle {
  kind: string
  id: string
  version: number
  path: string
  problem: 'missing' | 'changed'
  repaired: boolean
  /** Its content is there, but packs into other bytes here: another zlib made the archive. */
  packedOtherwise?: true
}

/** What `verify` saw: how many bundles were looked at, and the damaged ones. */
export interface Verified {
  checked: number
  damaged: DamagedBundle[]
}

type Referenced = Awaited<ReturnType<Registry['bundles']>>[number]

/**
 * Compares every bundle that a revision refers to with storage. `deep` downloads each and compares its hash;
 * without it existence and size are compared. With a tree, damaged bundles are made again from git and sent.
 */
export async function verifyBundles(
  registry: Registry,
  kinds: readonly Kind[],
  options: { deep: boolean; repairFrom?: Sources },
): Promise<Verified> {
  const verified: Verified = { checked: 0, damaged: [] }
  for (const kind of kinds) {
    const bundles = uniquePaths(await registry.bundles(kind.id))
    const stored = await registry.stored(bundles)
    verified.checked += bundles.length
    for (const bundle of bundles) {
      const problem = stored.has(bundle.path)
        ? options.deep && (await problemOf(registry, bundle))
        : 'missing'
      if (!problem) continue
      const attempt = options.repairFrom && (await repair(registry, kind, bundle, options.repairFrom))
      const { id, version, path } = bundle
      const otherwise = attempt === 'packed otherwise' ? { packedOtherwise: true as const } : {}
      const repaired = attempt === 'sent'
      verified.damaged.push({ kind: kind.id, id, version, path, problem, repaired, ...otherwise })
    }
  }
  return verified
}

/** Revisions of equal content share a bundle: the newest of them stands for it. */
function uniquePaths(bundles: readonly Referenced[]): Referenced[] {
  return [...new Map(bundles.map((bundle) => [bundle.path, bundle])).values()]
}

async function problemOf(registry: Registry, bundle: BundleRef): Promise<'missing' | 'changed' | undefined> {
  const archive = await registry.download(bundle.path).catch(() => undefined)
  if (!archive) return 'missing'
  return sha256(archive) === bundle.sha256 ? undefined : 'changed'
}

/** What came of making a bundle again: sent, or there is the content but not these bytes, or no such content. */
type Attempt = 'sent' | 'packed otherwise' | 'other content'

/** Where a bundle can be made again: the working tree, and the commits of its repository. */
interface Sources {
  tree: Tree
}

/**
 * Makes the bundle again, from the working tree when it still has that content, else from the commits it was published
 * from: the newest revision with it may be a tombstone, whose commit has nothing.
 */
async function repair(registry: Registry, kind: Kind, bundle: Referenced, from: Sources): Promise<Attempt> {
  let attempt = await sendIfSame(registry, kind, bundle, from.tree)
  if (attempt !== 'other content') return attempt
  const revisions = await registry.history(kind.id, bundle.id)
  const commits = revisions.filter((one) => one.digest === bundle.digest).map((one) => one.commit.sha)
  for (const sha of new Set(commits)) {
    const tree = await treeOfCommit(from.tree, sha)
    if (tree) attempt = await sendIfSame(registry, kind, bundle, tree)
    if (attempt !== 'other content') break
  }
  return attempt
}

async function sendIfSame(registry: Registry, kind: Kind, bundle: Referenced, tree: Tree): Promise<Attempt> {
  // Whether today's rules would accept it is no question: it was published.
  const { source, folder } = readDefinition(tree, kind, bundle.id)
  if (bundleOf(source, folder).digest !== bundle.digest) return 'other content'
  const { ref, archive } = packBundle(source, bundle.digest, folder)
  if (ref.sha256 !== bundle.sha256) return 'packed otherwise'
  await registry.upload(bundle, archive)
  return 'sent'
}
