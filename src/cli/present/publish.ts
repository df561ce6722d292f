import type { ChalkInstance } from 'chalk'
import { nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import type { PlanItem, PublishPlan } from '../../core/publish/publish-plan.ts'
import { hintOnHold } from '../../core/registry/hold.ts'
import { describeSwitch, enableCommand } from '../../core/registry/operator-switch.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { presentRisks, summarizePlan } from './publish-plan.ts'
import { presentRelease } from './release.ts'
import { count } from './table.ts'

/** The most definitions with a line about why they stay as they are. */
const MOST_NOTES = 200

/** The result of a publish: its risks, what was published, and which definitions were left unchanged. */
export function presentPublish(
  plan: PublishPlan,
  result: ReleaseResult,
  { label, preview }: Pick<Registry, 'label' | 'preview'>,
  paint: ChalkInstance,
): string {
  const lines = [...presentRisks(plan, paint), ...presentNotes(plan.items, preview, paint)]
  if (!plan.prune && plan.missing.length)
    lines.push(
      `${count(plan.missing.length, 'definition is', 'definitions are')} published but missing from this checkout; --prune removes them`,
    )
  const drafts = new Set(plan.items.filter((item) => item.draft).map(nameOf))
  const heldNames = heldIn(plan, result)
  const heldItem = heldNames.size > 0 && (plan.items.find((item) => heldNames.has(nameOf(item))) ?? {})
  lines.push(summarizePlan(plan), presentRelease(result, label, paint, { drafts, heldCount: heldNames.size }))
  if (heldItem) lines.push(`  ${paint.cyan('hint:')} ${hintOnHold(heldItem)}`)
  return lines.join('\n')
}

/** Why definitions stay disabled or as they are, one line for each; a long list is cut. */
function presentNotes(
  items: readonly PlanItem[],
  preview: string | undefined,
  paint: ChalkInstance,
): string[] {
  const isOff = ({ disabled, draft, note }: PlanItem) => disabled && !draft && note === undefined
  const noted = items.filter((item) => isOff(item) || item.note)
  const lines = noted.slice(0, MOST_NOTES).map((item) => {
    const { action, disabled, note } = item
    const what =
      disabled && isOff(item)
        ? `stays ${describeSwitch(disabled)}; to end that: ${enableCommand(item, preview)}`
        : `${action}: ${note}`
    return paint.yellow(`! ${nameOf(item)}  ${what}`)
  })
  const rest = noted.length - lines.length
  return rest > 0 ? [...lines, paint.yellow(`! … and ${rest} more; --json has them all`)] : lines
}

/** Names of the definitions whose content was not published because it is held, as the plan or the registry found. */
function heldIn(plan: PublishPlan, result: ReleaseResult): Set<string> {
  const planned = plan.items.filter(({ action }) => action === 'held')
  const answered = result.outcomes.filter(({ outcome }) => outcome === 'held')
  return new Set([...planned, ...answered].map(nameOf))
}
