import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { firstNames, joinNames } from '../../contract/text/join-names.ts'
import type { PublishPlan } from './publish-plan.ts'

/** A prune that removes more than this part of the published definitions needs a confirmation. */
const LARGE_PRUNE = 0.2

/**
 * Stops a plan that a person should check first.
 * @throws Failure REFUSED naming the flag that confirms it
 */
export function guardPlan(plan: PublishPlan, confirmed: { yes: boolean; force: boolean }): void {
  const refused = plan.items.filter((item) => item.action === 'refused')
  if (refused[0])
    throw new Failure(
      'FINDINGS',
      `${nameOf(refused[0])}: ${refused[0].note}`,
      'a published version never changes its content: give the manifest a new "version"',
      { detail: { refused } },
    )
  const breaking = plan.items.find((item) => item.breaks.length > 0)
  if (breaking && !confirmed.force)
    throw new Failure(
      'REFUSED',
      `${nameOf(breaking)} would leave ${joinNames(firstNames(breaking.breaks))} without what it needs`,
      'publish what depends on it together with it, or add --force',
      { detail: { breaks: breaking.breaks } },
    )
  if (!plan.prune) return
  const removed = plan.missing.length
  if (removed > plan.published * LARGE_PRUNE && !confirmed.yes)
    throw new Failure(
      'REFUSED',
      `--prune would remove ${removed} of ${plan.published} published definitions`,
      'check the plan with --dry-run, then add --yes',
    )
  const needed = plan.missing.find((removal) => removal.requiredBy.length > 0)
  if (!needed || confirmed.force) return
  const { requiredBy } = needed
  throw new Failure(
    'REFUSED',
    `${nameOf(needed)} cannot be removed: ${joinNames(firstNames(requiredBy))} ${requiredBy.length === 1 ? 'requires' : 'require'} it`,
    'change what requires it first, or add --force',
    { detail: { requiredBy } },
  )
}
