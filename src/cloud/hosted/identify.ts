import { readToken, type TokenUser } from '../sign-in/sign-in.ts'
import type { Credential, HostedConfig } from './hosted-config.ts'
import { chooseTokens } from './open-as-publisher.ts'
import { askRole } from './role.ts'

/** The credential that commands use for a hosted registry, and the user that it belongs to. */
export interface Who {
  /** The project's URL. */
  registry: string
  via: Credential['via']
  user?: TokenUser
}

/**
 * Names the credential of a hosted project. A user's token is refreshed, and the registry says whether it may publish.
 * @throws Failure REMOTE_DENIED when the sign-in has ended or the token is not accepted, REMOTE_FAILED
 */
export async function identify(hosted: HostedConfig): Promise<Who> {
  const { url, via } = hosted
  if (via !== 'token' && via !== 'sign-in') return { registry: url, via }
  const token = await chooseTokens(hosted).token()
  const user = readToken(token)
  const publisher = await askRole(url, token)
  return { registry: url, via, user: { ...user, publisher } }
}
