import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { bundleOf, packBundle } from './bundle.ts'
import { sha256 } from './contract/digest.ts'
import { exportCommit } from './git.ts'
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
  options: { deep: boolean; repairFrom?: { tree: Tree; projectRoot: string } },
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
      const repaired = options.repairFrom ? await repair(registry, kind, bundle, options.repairFrom) : false
      const { id, version, path } = bundle
      verified.damaged.push({ kind: kind.id, id, version, path, problem, repaired })
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

/** Makes the bundle again, from the working tree when it still has that content, else from the commit it came from. */
async function repair(
  registry: Registry,
  kind: Kind,
  bundle: Referenced,
  from: { tree: Tree; projectRoot: string },
): Promise<boolean> {
  if (await sendIfSame(registry, kind, bundle, from.tree)) return true
  const revision = await registry.revision(kind.id, bundle.id, bundle.version)
  const checkout = mkdtempSync(join(tmpdir(), 'nofx-verify-'))
  try {
    const folder = relative(from.projectRoot, join(from.tree.root, kind.id, bundle.id))
    const root = revision && (await exportCommit(from.projectRoot, revision.commit.sha, folder, checkout))
    if (!root) return false
    const tree = { ...from.tree, root: join(root, relative(from.projectRoot, from.tree.root)) }
    return await sendIfSame(registry, kind, bundle, tree)
  } finally {
    rmSync(checkout, { recursive: true, force: true })
  }
}

async function sendIfSame(registry: Registry, kind: Kind, bundle: Referenced, tree: Tree): Promise<boolean> {
  const { source, definition, folder } = readDefinition(tree, kind, bundle.id)
  if (!definition || bundleOf(source, folder.dir).digest !== bundle.digest) return false
  const { ref, archive } = packBundle(source, bundle.digest, folder.dir)
  if (ref.sha256 !== bundle.sha256) return false
  await registry.upload(bundle, archive)
  return true
}
