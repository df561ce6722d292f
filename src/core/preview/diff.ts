import type { Kind } from '../../contract/kind.ts'
import { buildState, compareStates, findRisks } from '../diff/compare.ts'
import { liveBefore } from '../publish/publish.ts'
import {
  comparePlan,
  type PlanItem,
  type PublishCandidate,
  type PublishPlan,
} from '../publish/publish-plan.ts'
import type { Head, Registry } from '../registry/registry.ts'
import type { Revision } from '../registry/revision.ts'
import { readAllHeads } from './plan-preview.ts'

/**
 * What publishing a preview's content would change in production, as a plan with diffs, risks and broken definitions.
 * @throws Failure NOT_FOUND if the preview does not exist, REMOTE_…
 */
export async function diffPreview(
  kinds: readonly Kind[],
  registry: Registry,
  inside: Registry,
): Promise<PublishPlan> {
  const [production, own] = await Promise.all([readAllHeads(kinds, registry), readAllHeads(kinds, inside)])
  const plan = comparePlan(own.filter(({ state }) => state !== 'removed').map(toCandidate), production, {
    registry: registry.label,
    commit: { sha: `preview ${inside.preview}`, rank: Number.MAX_SAFE_INTEGER, dirty: false },
    prune: true,
    unhold: false,
    covers: () => true,
    // A preview also shows what a merge would break.
    unchecked: true,
  })
  for (const kind of kinds) {
    const items = plan.items.filter((item) => item.kind === kind.id)
    const ids = items.map((item) => item.id)
    if (ids.length === 0) continue
    const [before, after] = await Promise.all([registry.newest(kind.id, ids), inside.newest(kind.id, ids)])
    for (const item of items)
      await describe(item, (await liveBefore(item, registry)) ?? of(before, item), of(after, item))
  }
  return plan

  async function describe(item: PlanItem, before: Revision | undefined, after: Revision | undefined) {
    const kind = kinds.find((one) => one.id === item.kind)
    if (!kind || !after) return
    if (before)
      Object.assign(item, await compareStates(kind, buildState(before, kind), buildState(after, kind)))
    else item.risks = findRisks(kind, undefined, buildState(after, kind))
  }
}

const of = (revisions: readonly Revision[], { id }: PlanItem) =>
  revisions.find((revision) => revision.id === id)

function toCandidate({ kind, id, digest, draftVersion, description: own }: Head): PublishCandidate {
  const description = draftVersion === null ? own : { ...own, status: 'draft' as const }
  return { kind, id, digest, description }
}
