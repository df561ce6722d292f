import type { ContentDiff } from '../diff/content-diff.ts'
import { PackedTexts } from '../registry/packed-texts.ts'
import type { PlanItem } from './publish-plan.ts'
import { SharedValues } from './shared-values.ts'

/** From this many definitions on, what the diffs of a plan take of the memory matters more than the time to make them small. */
export const MANY_ITEMS = 1_000

/**
 * Diffs and risks of the definitions of one plan. In a large plan, risks that several definitions have are in memory once, and a
 * diff is compressed text until someone asks for it. Such a definition is copied and written like any other.
 */
export class ItemTexts {
  private readonly isLarge: boolean
  private readonly shared = new SharedValues()
  private readonly texts = new PackedTexts()
  private readonly places = new Map<PlanItem, number>()
  /** One getter for all definitions, because V8 makes a layout for each object that has a getter of its own. */
  private readonly late: PropertyDescriptor

  /** @param count how many definitions the plan has */
  constructor(count: number) {
    const { texts, places } = this
    this.isLarge = count >= MANY_ITEMS
    this.late = {
      enumerable: true,
      get(this: PlanItem) {
        return JSON.parse(texts.get(places.get(this) ?? 0)) as ContentDiff
      },
    }
  }

  /** The first risks that were equal to these. */
  share(risks: PlanItem['risks']): PlanItem['risks'] {
    return this.isLarge ? this.shared.share(risks) : risks
  }

  /** Adds its diff and its risks to a definition. */
  describe(item: PlanItem, { diff, risks }: { diff: ContentDiff; risks: PlanItem['risks'] }): void {
    item.risks = this.share(risks)
    if (!this.isLarge) {
      item.diff = diff
      return
    }
    this.places.set(item, this.texts.add(JSON.stringify(diff)))
    Object.defineProperty(item, 'diff', this.late)
  }
}
