import { userInfo } from 'node:os'
import { Failure } from '../contract/failure.ts'
import { identityFields } from '../contract/fields/identity.ts'
import { gitIdentity } from './git/git.ts'

const isOwner = (owner: string) => identityFields.owner.safeParse(owner).success

/**
 * Refuses an owner that validating a definition would refuse.
 * @throws Failure USAGE
 */
export function requireOwner(owner: string): void {
  if (isOwner(owner)) return
  throw new Failure(
    'USAGE',
    `--owner ${JSON.stringify(owner.slice(0, 80))} is not an e-mail address, "@user", "@org/team" or a team name`,
    'name the owner like --owner @acme/agents',
  )
}

/**
 * The owner that was given, else git's user.email if it is a valid owner: an address such as ada@laptop is not.
 * @throws Failure USAGE for a given owner that is not valid
 */
export async function findOwner(owner: string | undefined, folder: string): Promise<string | undefined> {
  if (owner !== undefined) {
    requireOwner(owner)
    return owner
  }
  const email = await gitIdentity(folder)
  return email !== undefined && isOwner(email) ? email : undefined
}

/**
 * The same, and the system's user where no owner is known.
 * @throws Failure USAGE for an owner that is not valid
 */
export async function chooseOwner(owner: string | undefined, folder: string): Promise<string> {
  return (await findOwner(owner, folder)) ?? nameAsOwner(userInfo().username)
}

/** A user's name as an owner: without the characters that an owner may not have. */
export function nameAsOwner(name: string): string {
  const owner = `@${name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[-_]+/, '')}`
  if (isOwner(owner)) return owner
  throw new Failure('USAGE', 'the owner is unknown', 'name the owner like --owner @acme/agents')
}
