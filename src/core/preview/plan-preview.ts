import type { Kind } from '../../contract/kind.ts'
import { byName, type Named, nameOf } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import { inParallel } from '../in-parallel.ts'
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
import { toNamed } from '../tree/collect.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'

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
  const { apart, prune } = request
  const open = apart && (await findOpen(tree, { registry, inside }, { ...request, apart }))
  const { candidates, heads, equal } = open ?? {
    candidates: request.candidates,
    heads: await readAllHeads(tree.kinds, inside),
    equal: 0,
  }
  const plan = compareInside(candidates, heads, inside, { ...request, equal: { count: equal, heads: [] } })
  // Otherwise one after the other: the heads of both are twice the memory, and most previews lack nothing.
  const isPresent =
    prune || plan.missing.length === 0 ? () => false : await findPresent(tree, registry, apart)
  const missing = plan.missing.filter((removal) => !isPresent(nameOf(removal)))
  const items = plan.items.map((item) =>
    item.action === 'refused' ? { ...item, action: 'change' as const } : item,
  )
  return { ...plan, items, missing, prune: missing.length > 0 }
}

/** What of a tree and a preview has to be compared, and how many definitions are proven to be the same. */
interface OpenParts {
  candidates: readonly PublishCandidate[]
  heads: readonly Head[]
  equal: number
}

/**
 * What has to be compared if the trees of the commit were compared with production: a preview that was just made shows what
 * production has, and one that was raised before is asked in the same way. So of both registries only those heads are read that
 * differ from the tree.
 * @returns undefined for a caller that may read the preview only in another way
 */
async function findOpen(
  tree: WorkingTree,
  { registry, inside }: { registry: Registry; inside: Registry },
  { apart, isNew, candidates }: WantedPreview & { apart: Apart },
): Promise<OpenParts | undefined> {
  const { heads, isEqual, equal } = apart
  if (isNew) return { candidates, heads, equal }
  const own = await apart.askOther(inside)
  if (!own) return undefined
  const others = await readOthers(tree, registry, findOthers(tree, apart, own))
  const names = new Set(others.map(nameOf))
  // Also of what differs from production, the preview may show what the tree has.
  const open = candidates.filter((one) => !own.isEqual(one))
  return {
    candidates: others.length > 0 ? sortAsIn(tree, [...open, ...others.map(buildCandidate)]) : open,
    heads: own.heads.filter((head) => !isEqual(head) || names.has(nameOf(head))),
    equal: equal - others.length + candidates.length - open.length,
  }
}

/** What the tree has in common with production, and a preview that was raised before has with other content. */
function findOthers(tree: WorkingTree, { isEqual }: Apart, own: Apart): Named[] {
  const heads = byName(own.heads)
  return findFolders(tree).flatMap((folder) => {
    const one = toNamed(folder)
    if (!isEqual(one) || own.isEqual(one)) return []
    const head = heads.get(nameOf(one))
    return shows(head, own.findDigest(nameOf(one), folder.from?.identify())) ? [] : [one]
  })
}

/** Whether a head of a preview needs no look, because it is the content with this digest and nothing else. */
function shows(head: Head | undefined, digest: string | undefined): boolean {
  if (head === undefined || digest === undefined) return false
  return isSame(head, { digest }) && head.draftVersion === null && head.hold.length === 0
}

/** Heads that are read one by one; for more, all are read. */
const MOST_OTHERS = 100
/** Questions at once. */
const AT_ONCE = 8

async function readOthers(tree: WorkingTree, registry: Registry, others: readonly Named[]): Promise<Head[]> {
  if (others.length > MOST_OTHERS) {
    const names = new Set(others.map(nameOf))
    return (await readAllHeads(tree.kinds, registry)).filter((head) => names.has(nameOf(head)))
  }
  const heads = await inParallel([...others], AT_ONCE, ({ kind, id }) => registry.head(kind, id))
  return heads.filter((head) => head !== undefined)
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
  apart: Apart | undefined,
): Promise<(name: string) => boolean> {
  // Of what the tree lacks, no head was left out.
  const heads = apart?.heads ?? (await readAllHeads(kinds, registry))
  const names = new Set(heads.filter(({ state }) => state !== 'removed').map(nameOf))
  return (name) => names.has(name)
}

export function readAllHeads(kinds: readonly Kind[], registry: Registry): Promise<Head[]> {
  return registry.heads(...kinds.map((kind) => kind.id))
}
