import type { Kind } from '../../contract/kind.ts'
import { byName, type Named, nameOf } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import type { StageWatch } from '../progress.ts'
import type { Apart } from '../publish/apart.ts'
import { sortAsIn } from '../publish/candidates.ts'
import { buildCover } from '../publish/cover.ts'
import { buildCandidate } from '../publish/head-candidate.ts'
import { type Planned, type PublishOptions, planPublish } from '../publish/publish.ts'
import {
  comparePlan,
  isSame,
  type PlanOptions,
  type PublishCandidate,
  type PublishPlan,
} from '../publish/publish-plan.ts'
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
  /** What the candidates leave out, if the trees of the commit were compared with production. */
  apart?: Apart | undefined
  /** Whether the preview was just made, so that it shows what production has. */
  isNew?: boolean
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
  const { apart, isNew, prune, candidates } = request
  const fresh = isNew ? apart?.heads : undefined
  const production = fresh ?? (apart && (await readAllHeads(tree.kinds, registry)))
  const heads = fresh ?? (await readAllHeads(tree.kinds, inside))
  const others = fresh || !apart ? [] : findOthers(production ?? [], heads, apart)
  const names = new Set(others.map(nameOf))
  const left = (one: Named) => apart?.isEqual(one) === true && !names.has(nameOf(one))
  const all = others.length > 0 ? sortAsIn(tree, [...candidates, ...others.map(buildCandidate)]) : candidates
  const equal = { count: (apart?.equal ?? 0) - others.length, heads: [] }
  const plan = compareInside(
    all,
    heads.filter((head) => !left(head)),
    inside,
    { ...request, equal },
  )
  // Otherwise one after the other: the heads of both are twice the memory, and most previews lack nothing.
  const isPresent =
    prune || plan.missing.length === 0 ? () => false : await findPresent(tree, registry, production)
  const missing = plan.missing.filter((removal) => !isPresent(nameOf(removal)))
  const items = plan.items.map((item) =>
    item.action === 'refused' ? { ...item, action: 'change' as const } : item,
  )
  return { ...plan, items, missing, prune: missing.length > 0 }
}

/** What the tree has in common with production, and a preview that was raised before with other content. */
function findOthers(production: readonly Head[], inside: readonly Head[], { isEqual }: Apart): Head[] {
  const heads = byName(inside)
  return production.filter((head) => isEqual(head) && !shows(heads.get(nameOf(head)), head))
}

/** Whether a head of a preview needs no look, because it is that of production. */
function shows(own: Head | undefined, { digest }: Head): boolean {
  return own !== undefined && isSame(own, { digest }) && own.draftVersion === null && own.hold.length === 0
}

function compareInside(
  candidates: readonly PublishCandidate[],
  heads: readonly Head[],
  inside: Registry,
  { publishes, only, commit, apart, equal }: WantedPreview & Required<Pick<PlanOptions, 'equal'>>,
): PublishPlan {
  const plan = comparePlan(candidates, heads, {
    registry: inside.label,
    // Inside, nothing is of a later commit.
    commit: { ...commit, rank: ANY_RANK },
    prune: true,
    unhold: false,
    covers: buildCover(only ? { publishes, only } : { publishes }),
    ...(apart ? { inCommit: apart.isEqual } : {}),
    equal,
  })
  return { ...plan, commit }
}

/** Whether production has the definition with this name. */
async function findPresent(
  { kinds }: WorkingTree,
  registry: Registry,
  production: readonly Head[] | undefined,
): Promise<(name: string) => boolean> {
  const heads = production ?? (await readAllHeads(kinds, registry))
  const names = new Set(heads.filter(({ state }) => state !== 'removed').map(nameOf))
  return (name) => names.has(name)
}

export function readAllHeads(kinds: readonly Kind[], registry: Registry): Promise<Head[]> {
  return registry.heads(...kinds.map((kind) => kind.id))
}
