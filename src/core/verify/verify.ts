import { sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { inParallel } from '../in-parallel.ts'
import type { Registry } from '../registry/registry.ts'
import type { BundleRef } from '../registry/revision.ts'
import { buildBundle, packBundle } from '../tree/bundle.ts'
import { treeOfCommit } from '../tree/commit-tree.ts'
import { readDefinition, type Tree } from '../tree/tree.ts'

type Problem = 'missing' | 'changed'

/** A bundle that storage has lost or changed. */
export interface DamagedBundle {
  kind: string
  id: string
  version: number
  path: string
  problem: Problem
  repaired: boolean
  /** Its content is there, but packs into other bytes here: another zlib made the archive. */
  packedOtherwise?: true
}

/** What `verify` saw: how many bundles were looked at and how far, and the damaged ones. */
export interface Verified {
  checked: number
  /** `size`: storage was asked for existence and size of each; `hash`: all of its bytes were compared. */
  compared: 'size' | 'hash'
  damaged: DamagedBundle[]
}

type Referenced = Awaited<ReturnType<Registry['bundles']>>[number]

/** Objects that are asked for at once. */
const HEADS_AT_ONCE = 32
/** Bundles in memory at once: they have up to some 50 MB. */
const DOWNLOADS_AT_ONCE = 4

/**
 * Compares every bundle that a revision refers to with storage, not with what a row says of it. `deep` downloads each and
 * compares its hash; without it existence and size are compared. With sources, damaged bundles are made again from git
 * and sent; that compares hashes, too, since what is not found cannot be repaired.
 */
export async function verifyBundles(
  registry: Registry,
  kinds: readonly Kind[],
  options: { deep: boolean; repairFrom?: Sources },
): Promise<Verified> {
  const deep = options.deep || options.repairFrom !== undefined
  const verified: Verified = { checked: 0, compared: deep ? 'hash' : 'size', damaged: [] }
  for (const kind of kinds) {
    const bundles = uniquePaths(await registry.bundles(kind.id))
    verified.checked += bundles.length
    const compare = deep ? hashProblem : sizeProblem
    const atOnce = deep ? DOWNLOADS_AT_ONCE : HEADS_AT_ONCE
    const problems = await inParallel(bundles, atOnce, (bundle) => compare(registry, bundle))
    for (const [at, bundle] of bundles.entries()) {
      const problem = problems[at]
      if (problem) verified.damaged.push(await damageOf(registry, kind, bundle, problem, options.repairFrom))
    }
  }
  return verified
}

async function damageOf(
  registry: Registry,
  kind: Kind,
  bundle: Referenced,
  problem: Problem,
  repairFrom: Sources | undefined,
): Promise<DamagedBundle> {
  const attempt = repairFrom && (await repair(registry, kind, bundle, repairFrom))
  const { id, version, path } = bundle
  const otherwise = attempt === 'packed otherwise' ? { packedOtherwise: true as const } : {}
  return { kind: kind.id, id, version, path, problem, repaired: attempt === 'sent', ...otherwise }
}

/** Revisions of equal content share a bundle: the newest of them stands for it. */
function uniquePaths(bundles: readonly Referenced[]): Referenced[] {
  return [...new Map(bundles.map((bundle) => [bundle.path, bundle])).values()]
}

async function sizeProblem(registry: Registry, bundle: BundleRef): Promise<Problem | undefined> {
  const size = await registry.sizeOf(bundle.path)
  if (size === undefined) return 'missing'
  return size === bundle.size ? undefined : 'changed'
}

/** @throws Failure when storage gives no answer: what was not read is not missing */
async function hashProblem(registry: Registry, bundle: BundleRef): Promise<Problem | undefined> {
  const archive = await registry.download(bundle.path).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error
  })
  if (!archive) return 'missing'
  return archive.length === bundle.size && sha256(archive) === bundle.sha256 ? undefined : 'changed'
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
  if (buildBundle(source, folder).digest !== bundle.digest) return 'other content'
  const { ref, archive } = packBundle(source, bundle.digest, folder)
  if (ref.sha256 !== bundle.sha256) return 'packed otherwise'
  await registry.upload(bundle, archive)
  return 'sent'
}
