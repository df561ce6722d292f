import type { ChalkInstance } from 'chalk'
import { nameOf } from '../../contract/name.ts'
import type { ReleaseResult } from '../../contract/protocol/sync.ts'
import type { PublishPlan } from '../../core/publish/publish-plan.ts'
import { hintOnHold } from '../../core/registry/hold.ts'
import { describeSwitch, enableCommand } from '../../core/registry/operator-switch.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { presentRisks, summarizePlan } from './publish-plan.ts'
import { presentRelease } from './release.ts'
import { count } from './table.ts'

/** The result of a publish: its risks, what was published, and which definitions were left unchanged. */
export function presentPublish(
  plan: PublishPlan,
  result: ReleaseResult,
  { label, preview }: Pick<Registry, 'label' | 'preview'>,
  paint: ChalkInstance,
): string {
  const lines = presentRisks(plan, paint)
  for (const item of plan.items)
    if (item.disabled && !item.draft && item.note === undefined)
      lines.push(
        paint.yellow(
          `! ${nameOf(item)}  stays ${describeSwitch(item.disabled)}; to end that: ${enableCommand(item, preview)}`,
        ),
      )
    else if (item.note) lines.push(paint.yellow(`! ${nameOf(item)}  ${item.action}: ${item.note}`))
  if (!plan.prune && plan.missing.length)
    lines.push(
      `${count(plan.missing.length, 'definition is', 'definitions are')} published but missing from this checkout; --prune removes them`,
    )
  const drafts = new Set(plan.items.filter((item) => item.draft).map(nameOf))
  const heldNames = heldIn(plan, result)
  lines.push(
    summarizePlan(plan),
    presentRelease(result, label, paint, { drafts, heldCount: heldNames.length }),
  )
  if (heldNames.length)
    lines.push(
      `  ${paint.cyan('hint:')} ${hintOnHold(plan.items.find((item) => heldNames.includes(nameOf(item))) ?? {})}`,
    )
  return lines.join('\n')
}

/** Names of the definitions whose content was not published because it is held, as the plan or the registry found. */
function heldIn(plan: PublishPlan, result: ReleaseResult): string[] {
  const planned = plan.items.filter(({ action }) => action === 'held')
  const answered = result.outcomes.filter(({ outcome }) => outcome === 'held')
  return [...new Set([...planned, ...answered].map(nameOf))]
}
