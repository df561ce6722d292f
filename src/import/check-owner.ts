import { Failure } from '../contract/failure.ts'
import { identityFields } from '../contract/fields/identity.ts'

/**
 * Refuses an owner that validating the imported definitions would refuse.
 * @throws Failure USAGE
 */
export function checkOwner(owner: string | undefined): void {
  if (owner === undefined || identityFields.owner.safeParse(owner).success) return
  throw new Failure(
    'USAGE',
    `--owner ${JSON.stringify(owner.slice(0, 80))} is not an e-mail address, "@user", "@org/team" or a team name`,
    'name the owner like --owner @acme/agents',
  )
}
