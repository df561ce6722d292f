import type { Kind } from '../../contract/kind.ts'
import { byName, nameOf } from '../../contract/name.ts'
import { buildState, compareStates, findRisks } from '../diff/compare.ts'
import { ItemTexts } from '../publish/item-texts.ts'
import {
  comparePlan,
  type PlanItem,
  type PublishCandidate,
  type PublishPlan,
} from '../publish/publish-plan.ts'
import { readBefore, readInParts } from '../publish/read-before.ts'
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
  const names = new Set(plan.items.map(nameOf))
  const newest = byName(own.filter((head) => head.state !== 'removed' && names.has(nameOf(head))))
  const texts = new ItemTexts(plan.items.length)
  const after = readInParts(plan.items, (item) => newest.get(nameOf(item))?.latestVersion, inside)
  const others = after[Symbol.asyncIterator]()
  for await (const { items, revisions } of readBefore(plan.items, production, registry)) {
    const { value } = await others.next()
    for (const item of items)
      await describe(item, revisions.get(nameOf(item)), value?.revisions.get(nameOf(item)))
  }
  return plan

  async function describe(item: PlanItem, before: Revision | undefined, after: Revision | undefined) {
    const kind = kinds.find((one) => one.id === item.kind)
    if (!kind || !after) return
    if (before)
      texts.describe(item, await compareStates(kind, buildState(before, kind), buildState(after, kind)))
    else item.risks = texts.share(findRisks(kind, undefined, buildState(after, kind)))
  }
}

function toCandidate({ kind, id, digest, draftVersion, description: own }: Head): PublishCandidate {
  const description = draftVersion === null ? own : { ...own, status: 'draft' as const }
  return { kind, id, digest, description }
}
