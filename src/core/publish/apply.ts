import { contentHash, sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import { callForRelease } from '../registry/sync.ts'
import type { WorkingTree } from '../tree/tree.ts'
import { movingItems, type PackedAhead } from './prepare.ts'
import { isEmpty, type PlanItem, type PublishPlan } from './publish-plan.ts'
import { sendAll } from './send.ts'

/** The publisher and the reason. */
export interface Actor {
  actor: string
  reason?: string
}

/** Options of applying that are not part of the plan. */
export interface ApplyOptions extends Actor {
  /** Whether to remove definitions although live ones require them. */
  force: boolean
  /** The idempotency key; by default, it is made from the plan. */
  key?: string
  /** What was packed while the plan was made. */
  ahead?: PackedAhead
}

/**
 * Executes a plan: uploads the bundles that storage lacks, stages the definitions, commits them as one release.
 * Nothing is visible before the commit. The key is made from the plan, so applying it again returns the same answer.
 * @throws Failure CONFLICT if the plan is for another registry, or a definition or a head has changed since the plan
 * was made
 */
export async function applyPlan(
  plan: PublishPlan,
  tree: WorkingTree,
  registry: Registry,
  { key: chosenKey, ahead, ...options }: ApplyOptions,
  watch: StageWatch,
): Promise<ReleaseResult> {
  requireMatch(plan, tree, registry)
  if (isEmpty(plan)) return { releaseId: null, replayed: false, dryRun: false, seq: 0, outcomes: [] }
  const moving = movingItems(plan)
  const key = chosenKey ?? publishKey(plan, moving, options)
  const removals = plan.prune ? plan.missing.map(({ requiredBy: _, ...removal }) => removal) : []
  const parts = await sendAll({ items: moving, key, draft: plan.draft, ahead }, tree, registry, watch)
  watch.signal.throwIfAborted()
  const lastKind = moving.at(-1)?.kind ?? removals[0]?.kind ?? ''
  const result = await callForRelease(registry, lastKind, {
    action: 'commit',
    key,
    ...options,
    commit: plan.commit,
    parts,
    content: contentHash(moving),
    removals,
    unhold: plan.unhold,
  })
  watch.emit({ stage: 'sync', state: 'done', done: moving.length, total: moving.length })
  return result
}

/** The same publish has the same key. Flags are added only if set, so that new flags leave the keys of old clients equal. */
function publishKey(
  plan: PublishPlan,
  moving: readonly PlanItem[],
  options: Omit<ApplyOptions, 'key' | 'ahead'>,
): string {
  const flags = [plan.draft && 'draft', plan.unhold && 'unhold'].filter(Boolean)
  const facts = [plan.commit, moving.map(identity), plan.prune && plan.missing, options, ...flags]
  return `publish-${sha256(JSON.stringify(facts))}`
}

function requireMatch(plan: PublishPlan, tree: WorkingTree, registry: Registry): void {
  if (plan.registry !== registry.label)
    throw new Failure(
      'CONFLICT',
      `the plan was made for ${plan.registry}, this is ${registry.label}`,
      'plan again for this registry',
    )
  const unknown = plan.items.find((item) => !tree.kinds.some((kind) => kind.id === item.kind))
  if (unknown)
    throw new Failure(
      'USAGE',
      `the plan has ${nameOf(unknown)}, but the kind "${unknown.kind}" does not exist here`,
      'add the plugin of that kind to "nofx.plugins" in package.json',
    )
}

const identity = (item: PlanItem) => [item.kind, item.id, item.digest, item.expectedVersion]
