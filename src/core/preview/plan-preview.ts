import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import type { StageWatch } from '../progress.ts'
import { buildCover } from '../publish/cover.ts'
import { type Planned, type PublishOptions, planPublish } from '../publish/publish.ts'
import { comparePlan, type PublishCandidate, type PublishPlan } from '../publish/publish-plan.ts'
import type { Head, Registry } from '../registry/registry.ts'
import type { WorkingTree } from '../tree/tree.ts'

/** A preview shows every difference, so no commit counts as older than the registry's. */
const ANY_RANK = Number.MAX_SAFE_INTEGER

/**
 * What a tree changes in production, as in `planPublish`, but also for branches that are behind.
 * @throws Failure as `planPublish`
 */
export async function planPreview(
  tree: WorkingTree,
  registry: Registry,
  options: PublishOptions,
  watch: StageWatch,
): Promise<Planned> {
  const { commit } = options
  if (!commit) return planPublish(tree, registry, options, watch)
  const planned = await planPublish(
    tree,
    registry,
    { ...options, commit: { ...commit, rank: ANY_RANK } },
    watch,
  )
  const { plan } = planned
  return plan ? { ...planned, plan: { ...plan, commit } } : planned
}

/** The commit, the kinds and the options that decide what a preview shows. */
export interface WantedPreview {
  candidates: readonly PublishCandidate[]
  /** Kinds whose definitions count as missing if the tree does not have them. */
  publishes: readonly string[]
  /** The definitions among them; all when not given. */
  only?: readonly string[] | undefined
  commit: Commit
  /** Whether to remove what production has and the tree does not. */
  prune: boolean
}

/**
 * Compares a tree, already planned against production, with the content of the preview. Definitions that an earlier
 * run left there, and that neither the tree nor production has, are removed. The rules of production have been
 * checked already; a declared version that was used before in this preview may be used again.
 */
export async function planInside(
  tree: WorkingTree,
  registry: Registry,
  inside: Registry,
  request: WantedPreview,
): Promise<PublishPlan> {
  const plan = await compareInside(tree, inside, request)
  // One after the other: the heads of both are twice the memory, and most previews lack nothing.
  const keeps =
    !request.prune && plan.missing.length > 0 ? await readPresent(tree, registry) : new Set<string>()
  const missing = plan.missing.filter((removal) => !keeps.has(nameOf(removal)))
  const items = plan.items.map((item) =>
    item.action === 'refused' ? { ...item, action: 'change' as const } : item,
  )
  return { ...plan, items, missing, prune: missing.length > 0 }
}

async function compareInside(
  tree: WorkingTree,
  inside: Registry,
  { candidates, publishes, only, commit }: WantedPreview,
): Promise<PublishPlan> {
  return comparePlan(candidates, await readAllHeads(tree.kinds, inside), {
    registry: inside.label,
    commit,
    prune: true,
    unhold: false,
    covers: buildCover(only ? { publishes, only } : { publishes }),
  })
}

/** The names of what production has. */
async function readPresent({ kinds }: WorkingTree, registry: Registry): Promise<Set<string>> {
  const heads = await readAllHeads(kinds, registry)
  return new Set(heads.filter(({ state }) => state !== 'removed').map(nameOf))
}

export function readAllHeads(kinds: readonly Kind[], registry: Registry): Promise<Head[]> {
  return registry.heads(...kinds.map((kind) => kind.id))
}
