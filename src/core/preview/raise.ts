import type { RaisedPreview } from '../../contract/protocol/previews.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import type { StageWatch } from '../progress.ts'
import { type ApplyOptions, applyPlan } from '../publish/apply.ts'
import type { PublishPlan } from '../publish/publish-plan.ts'
import type { Registry } from '../registry/registry.ts'
import type { WorkingTree } from '../tree/tree.ts'
import { planInside, type WantedPreview } from './plan-preview.ts'

/** A preview to create or prolong, and what it is to show. */
export interface PreviewRequest extends Omit<WantedPreview, 'commit' | 'isNew'> {
  name: string
  origin: string
  ttlHours?: number
  actor: string
  /** What the tree changes in production. */
  plan: PublishPlan
}

/** A preview that shows the tree. */
export interface PreviewUp {
  preview: RaisedPreview
  result: ReleaseResult
}

/**
 * Creates or prolongs a preview and publishes the tree into it, as one release. A repeated run continues where a
 * killed run stopped, and changes nothing if the first run was complete.
 * @throws Failure CONFLICT (another origin has the name, or another run was faster), REFUSED (quota, lifetime), as
 * `applyPlan`
 */
export async function raisePreview(
  tree: WorkingTree,
  registry: Registry,
  request: PreviewRequest,
  watch: StageWatch,
): Promise<PreviewUp> {
  const { name, origin, ttlHours, actor, plan } = request
  const { commit } = plan
  const preview = await registry.previews.up({ name, origin, ttlHours, actor, commit: commit.sha })
  const inside = registry.inPreview(name)
  const own = await planInside(tree, registry, inside, { ...request, commit, isNew: preview.created })
  // The comparison with production has already shown what breaks.
  const options: ApplyOptions = { actor, reason: `preview of ${origin}`, force: true }
  return { preview, result: await applyPlan(own, tree, inside, options, watch) }
}
