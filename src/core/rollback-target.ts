import { Failure } from '../contract/failure.ts'
import { isLiveState } from '../contract/fields/is-live.ts'
import { nameOf } from '../contract/name.ts'
import { findHold } from './registry/hold.ts'
import type { Head, Registry } from './registry/registry.ts'
import type { RevisionSummary } from './registry/revision.ts'

/**
 * The version that a rollback goes to when none is named: the last live version before the present one whose content is
 * another one, and is neither held nor withdrawn. The same rollback once more, with the same reason, has the same
 * target, so that a repetition after a lost answer does not go further back.
 * @throws Failure REFUSED if there is no such version
 */
export async function versionToRestore(registry: Registry, head: Head, reason: string): Promise<number> {
  const history = await registry.history(head.kind, head.id)
  const [newest] = history
  const isOwn = newest?.origin === 'rollback' && newest.reason === reason
  const [present, ...earlier] = (isOwn ? history.slice(1) : history).filter(({ state }) => state !== 'draft')
  const revision = earlier.find((one) => isGood(one, present, head))
  if (revision) return revision.version
  const name = nameOf(head)
  throw new Failure(
    'REFUSED',
    `${name} has no earlier live version that is neither held nor withdrawn`,
    `disable it: nofx registry disable ${name} --reason "<why>"`,
  )
}

function isGood(one: RevisionSummary, present: RevisionSummary | undefined, head: Head): boolean {
  const isPresent = present?.state !== 'removed' && one.digest === present?.digest
  return (
    isLiveState(one.state) && !isPresent && one.withdrawn === null && findHold(head, one.digest) === undefined
  )
}
