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
 * Names the credential of a hosted project; the registry says whether a user may publish. The token of a user who may not
 * is renewed.
 * @throws Failure REMOTE_DENIED when the sign-in has ended or the token is not accepted, REMOTE_FAILED
 */
export async function identify(hosted: HostedConfig): Promise<Who> {
  const { url, via } = hosted
  if (via !== 'token' && via !== 'sign-in') return { registry: url, via }
  const tokens = chooseTokens(hosted)
  const who = await askWho(url, await tokens.token())
  // A role that the owner gave after the sign-in is only in a new token.
  const user = who.publisher || !tokens.renew ? who : await askWho(url, await tokens.renew())
  return { registry: url, via, user }
}

async function askWho(url: string, token: string): Promise<TokenUser> {
  return { ...readToken(token), publisher: await askRole(url, token) }
}
