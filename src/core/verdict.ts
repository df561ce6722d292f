import type { OutcomeRow, ReleaseResult } from './contract/sync.ts'
import { Failure } from './failure.ts'
import { isEmpty, type Plan } from './plan.ts'
import type { Registry } from './registry.ts'

/**
 * A publish that wanted to move something and moves nothing is no success.
 * @throws Failure STALE or REFUSED (held)
 */
export function requireMovement(plan: Plan): void {
  const [first] = plan.items
  if (!first || !isEmpty(plan)) return
  const held = plan.items.filter((item) => item.action === 'held')
  if (held.length) throw heldBack(held, { held })
  throw stale(`${names(plan.items)}: ${first.note}`, plan, { stale: plan.items })
}

/**
 * The same for what a commit answered: the plan may have been overtaken between the two.
 * @throws Failure STALE naming the commit that was faster, or REFUSED (held)
 */
export async function requireMoved(result: ReleaseResult, plan: Plan, registry: Registry): Promise<void> {
  if (result.releaseId !== null) return
  const left = (outcome: OutcomeRow['outcome']) => result.outcomes.filter((row) => row.outcome === outcome)
  const [held, late] = [left('held'), left('stale')]
  if (held.length) throw heldBack(held, { held })
  const [first] = late
  if (!first) return
  const head = await registry.head(first.kind, first.id)
  const newer = `the registry holds the newer commit ${head?.commitSha.slice(0, 12)}`
  throw stale(`${names(late)}: ${newer}`, plan, { stale: late })
}

type Named = readonly { kind: string; id: string }[]

function heldBack(held: Named, detail: object): Failure {
  return new Failure(
    'REFUSED',
    `held after a rollback: ${names(held)}`,
    'publish corrected content, or this one on purpose with --unhold',
    { detail },
  )
}

function stale(message: string, plan: Plan, detail: object): Failure {
  return new Failure(
    'STALE',
    `${message}, this one is ${plan.commit.sha.slice(0, 12)}`,
    'publish from the newest commit; to go back on purpose use: nofx registry rollback; after history was rewritten or moved: nofx registry rebase-rank --reason "<why>"',
    { detail },
  )
}

function names(items: Named): string {
  const shown = items.slice(0, 5).map((item) => `${item.kind}/${item.id}`)
  return shown.join(', ') + (items.length > 5 ? ' …' : '')
}
