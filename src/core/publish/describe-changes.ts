import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { buildState, compareStates, findRisks, treeState } from '../diff/compare.ts'
import type { StageWatch } from '../progress.ts'
import type { Revision } from '../registry/revision.ts'
import { readAhead } from '../tree/read-ahead.ts'
import { locateFolder, type WorkingTree } from '../tree/tree.ts'
import { ItemTexts } from './item-texts.ts'
import type { PlanItem, PublishPlan } from './publish-plan.ts'
import type { PlanPart } from './read-before.ts'

/** The definitions of a plan that are shown with a diff, kind by kind in the order of the tree. */
export function listDescribed({ items }: PublishPlan, { kinds }: WorkingTree): PlanItem[] {
  return kinds.flatMap(({ id }) =>
    items.filter(({ kind, previousDigest }) => kind === id && previousDigest !== null),
  )
}

/**
 * Adds diffs and risks to the changes of a plan. Those of new definitions are known from their check.
 * @param parts the changes, with what each is compared with
 */
export async function describeChanges(
  plan: PublishPlan,
  tree: WorkingTree,
  parts: AsyncIterable<PlanPart>,
  watch: StageWatch,
): Promise<void> {
  const texts = new ItemTexts(plan.items.length)
  for await (const { items, revisions } of parts) {
    for (const kind of tree.kinds) {
      const ofKind = new Map(items.filter((item) => item.kind === kind.id).map((item) => [item.id, item]))
      const folders = Array.from(ofKind.keys(), (id) => locateFolder(tree, kind, id))
      for await (const { id } of readAhead(tree, folders, watch)) {
        const item = ofKind.get(id)
        if (item) await describeChange(item, revisions.get(nameOf(item)), { kind, tree, texts })
      }
    }
  }
}

async function describeChange(
  item: PlanItem,
  before: Revision | undefined,
  { kind, tree, texts }: { kind: Kind; tree: WorkingTree; texts: ItemTexts },
): Promise<void> {
  const after = treeState(tree, kind, item.id)
  if (before) texts.describe(item, await compareStates(kind, buildState(before, kind), after))
  else item.risks = texts.share(findRisks(kind, undefined, after))
}
