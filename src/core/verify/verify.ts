import { sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Covers } from '../../contract/name.ts'
import { inParallel } from '../in-parallel.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import type { BundleRef } from '../registry/revision.ts'
import { buildBundle, packBundle } from '../tree/bundle.ts'
import { treeOfCommit } from '../tree/commit-tree.ts'
import { readDefinition, type WorkingTree } from '../tree/tree.ts'

type BundleProblem = 'missing' | 'changed'

/** A bundle that is missing from storage or was changed there. */
export interface DamagedBundle {
  kind: string
  id: string
  version: number
  path: string
  problem: BundleProblem
  repaired: boolean
  /** The content exists, but packs to other bytes here, because another zlib made the archive. */
  packedOtherwise?: true
}

/** The result of `verify`: the number of bundles, how they were compared, and the damaged ones. */
export interface Verified {
  checked: number
  /** `size`: existence and size of each bundle were compared; `hash`: all bytes were compared. */
  compared: 'size' | 'hash'
  /** The number of sizes that are from storage's list of objects, without a question for the object itself. */
  fromList: number
  damaged: DamagedBundle[]
}

/** The problem of each bundle, and how many sizes are from a list. */
interface Problems {
  problems: (BundleProblem | undefined)[]
  fromList: number
}

type Referenced = Awaited<ReturnType<Registry['bundles']>>[number]

/** Maximum number of bundles in memory: each has up to about 50 MB. */
const DOWNLOADS_AT_ONCE = 4

/**
 * Compares every bundle that a revision refers to with storage itself, not with a row about it. `deep` downloads each
 * bundle and compares its hash; otherwise existence and size are compared. With sources, damaged bundles are rebuilt
 * from git and uploaded; that also compares hashes, because only detected damage can be repaired.
 */
export async function verifyBundles(
  registry: Registry,
  kinds: readonly Kind[],
  options: { deep: boolean; repairFrom?: RepairSources; covers?: Covers },
  watch: StageWatch,
): Promise<Verified> {
  const deep = options.deep || options.repairFrom !== undefined
  const verified: Verified = { checked: 0, compared: deep ? 'hash' : 'size', fromList: 0, damaged: [] }
  let done = 0
  for (const kind of kinds) {
    const all = await registry.bundles(kind.id)
    const bundles = uniquePaths(all.filter(({ id }) => options.covers?.({ kind: kind.id, id }) ?? true))
    verified.checked += bundles.length
    const onRead = (count: number) => {
      watch.signal.throwIfAborted()
      done += count
      if (count > 0) watch.emit({ stage: 'bundles', state: 'advanced', done, total: verified.checked })
    }
    const { problems, fromList } = await (deep ? hashProblems : sizeProblems)(registry, bundles, onRead)
    verified.fromList += fromList
    for (const [at, bundle] of bundles.entries()) {
      const problem = problems[at]
      if (problem)
        verified.damaged.push(await describeDamage(registry, kind, bundle, problem, options.repairFrom))
    }
  }
  const { checked } = verified
  watch.emit({ stage: 'bundles', state: 'done', done: checked, total: checked })
  return verified
}

async function describeDamage(
  registry: Registry,
  kind: Kind,
  bundle: Referenced,
  problem: BundleProblem,
  repairFrom: RepairSources | undefined,
): Promise<DamagedBundle> {
  const attempt = repairFrom && (await repair(registry, kind, bundle, repairFrom))
  const { id, version, path } = bundle
  const otherwise = attempt === 'packed otherwise' ? { packedOtherwise: true as const } : {}
  return { kind: kind.id, id, version, path, problem, repaired: attempt === 'sent', ...otherwise }
}

/** Revisions with equal content share a bundle; the newest of them represents it. */
function uniquePaths(bundles: readonly Referenced[]): Referenced[] {
  return [...new Map(bundles.map((bundle) => [bundle.path, bundle])).values()]
}

/** Finds the problem of each bundle. */
async function sizeProblems(
  registry: Registry,
  bundles: readonly BundleRef[],
  onRead: (count: number) => void,
): Promise<Problems> {
  const paths = bundles.map(({ path }) => path)
  const { sizes, fromList } = await registry.readSizes(paths, onRead)
  const problems = bundles.map(({ path, size }) => {
    const storedSize = sizes.get(path)
    return storedSize === undefined ? 'missing' : storedSize === size ? undefined : 'changed'
  })
  return { problems, fromList }
}

/** The same with the hashes of the bytes. */
async function hashProblems(
  registry: Registry,
  bundles: readonly BundleRef[],
  onRead: (count: number) => void,
): Promise<Problems> {
  const problems = await inParallel(bundles, DOWNLOADS_AT_ONCE, async (bundle) => {
    const problem = await hashProblem(registry, bundle)
    onRead(1)
    return problem
  })
  return { problems, fromList: 0 }
}

/** @throws Failure if storage does not answer: an unread bundle is not a missing bundle */
async function hashProblem(registry: Registry, bundle: BundleRef): Promise<BundleProblem | undefined> {
  const archive = await registry.download(bundle.path).catch((error: unknown) => {
    if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error
  })
  if (!archive) return 'missing'
  return archive.length === bundle.size && sha256(archive) === bundle.sha256 ? undefined : 'changed'
}

/**
 * The result of rebuilding a bundle: uploaded, or the content exists but packs to other bytes, or the content was not
 * found.
 */
type RepairOutcome = 'sent' | 'packed otherwise' | 'other content'

/** Where a bundle can be rebuilt from: the working tree, and the commits of its repository. */
interface RepairSources {
  tree: WorkingTree
}

/**
 * Rebuilds the bundle from the working tree if it still has the content, otherwise from the commits that published
 * it. The newest revision with the content may be a tombstone, whose commit does not have it.
 */
async function repair(
  registry: Registry,
  kind: Kind,
  bundle: Referenced,
  from: RepairSources,
): Promise<RepairOutcome> {
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

async function sendIfSame(
  registry: Registry,
  kind: Kind,
  bundle: Referenced,
  tree: WorkingTree,
): Promise<RepairOutcome> {
  // Current rules are not applied: the definition was accepted when it was published.
  const { source, folder } = readDefinition(tree, kind, bundle.id)
  if (buildBundle(source, folder).digest !== bundle.digest) return 'other content'
  const { ref, archive } = packBundle(source, bundle.digest, folder)
  if (ref.sha256 !== bundle.sha256) return 'packed otherwise'
  await registry.upload(bundle, archive)
  return 'sent'
}
