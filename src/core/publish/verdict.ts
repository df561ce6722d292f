import { Failure } from '../../contract/failure.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import type { OutcomeRow, ReleaseResult } from '../../contract/protocol/sync.ts'
import { describeHold, findHold, hintOnHold } from '../registry/hold.ts'
import type { Registry } from '../registry/registry.ts'
import { isEmpty, overtaken, type PlanItem, type PublishPlan } from './publish-plan.ts'

/**
 * Refuses a publish that can make none of its changes, because its commit is older, or because it asks for content that
 * stays held. Content that is held otherwise fails no publish: a rollback must not fail every later job
 * (docs/decisions/075-held-definitions-and-exit-status.md).
 * @throws Failure STALE, or REFUSED with `unhold` for withdrawn content
 */
export function requireMovement(plan: PublishPlan): void {
  if (!isEmpty(plan)) return
  const of = (action: PlanItem['action']) => plan.items.filter((item) => item.action === action)
  const [heldItems, late] = [of('held'), of('stale')]
  if (plan.unhold && heldItems[0]) throw heldBack(heldItems, heldItems[0], { heldItems })
  if (late[0]) throw stale(`${names(late)}: ${late[0].note}`, { stale: late })
}

/**
 * The same for the result of a commit, because the registry may have changed since the plan.
 * @throws Failure STALE naming the newer commit, or REFUSED with `unhold` for withdrawn content
 */
export async function requireMoved(
  result: ReleaseResult,
  plan: PublishPlan,
  registry: Registry,
): Promise<void> {
  if (result.releaseId !== null) return
  const left = (outcome: OutcomeRow['outcome']) => result.outcomes.filter((row) => row.outcome === outcome)
  const [heldRows, late] = [left('held'), left('stale')]
  if (plan.unhold && heldRows[0])
    throw heldBack(heldRows, await onServer(heldRows[0], plan, registry), { heldRows })
  const [first] = late
  if (!first) return
  const head = await registry.head(first.kind, first.id)
  const reason = head ? overtaken(plan.commit, head) : 'a newer commit was published'
  throw stale(`${names(late)}: ${reason}`, { stale: late })
}

interface RowVerdict {
  note?: string
  withdrawn?: true
}

/** The registry's current verdict on content that a commit found held. */
async function onServer(
  { kind, id }: OutcomeRow,
  plan: PublishPlan,
  registry: Registry,
): Promise<RowVerdict> {
  const item = plan.items.find((one) => one.kind === kind && one.id === id)
  const hold = item && findHold(await registry.head(kind, id), item.digest)
  return hold ? { note: describeHold(hold), withdrawn: hold.withdrawn } : {}
}

function heldBack(
  definitions: readonly Named[],
  { note = 'this content is held', ...verdict }: RowVerdict,
  detail: object,
): Failure {
  const rest = definitions.length > 1 ? `; held as well: ${names(definitions.slice(1))}` : ''
  const message = `${names(definitions.slice(0, 1))}: ${note}${rest}`
  return new Failure('REFUSED', message, hintOnHold(verdict), { detail })
}

function stale(message: string, detail: object): Failure {
  return new Failure(
    'STALE',
    message,
    'publish from the newest commit; to go back on purpose: nofx registry rollback <kind>/<id> --reason "<why>"; after history was rewritten or moved, the owner of the registry runs: nofx registry rebase-rank --reason "<why>"',
    { detail },
  )
}

function names(items: readonly Named[]): string {
  const firstNames = items.slice(0, 5).map(nameOf)
  return firstNames.join(', ') + (items.length > 5 ? ' …' : '')
}
