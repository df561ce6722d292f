import { decodeJwt, decodeProtectedHeader } from 'jose'
import { denied } from '../http/refusal.ts'
import { createIdentityCheck, type IdentityOptions } from './identity-token.ts'
import type { Authenticate } from './principal.ts'
import { createPublisherCheck, type PublisherTokenOptions } from './publisher-token.ts'
import { keyMatcher } from './secret-keys.ts'

export interface AuthenticateOptions {
  /** The project's secret keys: `sb_secret_…`, or a legacy service_role key. */
  secretKeys: readonly string[]
  /** Without it no user's token is accepted. */
  publisher?: PublisherTokenOptions
  /** Without it no identity token of a CI job is accepted. */
  identity?: IdentityOptions
}

/**
 * Makes the check of a request's credentials: a secret key as `apikey` or bearer, a publisher's token, or the identity
 * token of a CI job. A publishable key is not a credential: every anonymous client sends it.
 */
export function createAuthenticate({ secretKeys, publisher, identity }: AuthenticateOptions): Authenticate {
  const isSecret = keyMatcher(secretKeys)
  const checkPublisher = publisher && createPublisherCheck(publisher)
  const checkIdentity = identity && createIdentityCheck(identity)
  return async ({ headers }) => {
    const apikey = headers.get('apikey')
    const bearer = parseBearer(headers.get('authorization'))
    const credentials = [apikey, bearer].filter((text) => text !== null)
    if (credentials.map(isSecret).includes(true)) return { via: 'secret' }
    if (credentials.some((text) => text.startsWith('sb_secret_')))
      throw denied(
        401,
        'the secret key belongs to another project',
        'copy it again from the API keys of the project',
      )
    // A client without a session repeats its key as the bearer.
    if (bearer === null || bearer === apikey || bearer.startsWith('sb_publishable_')) return undefined
    requireTokenForm(bearer)
    const principal = (await checkIdentity?.(bearer)) ?? (await checkPublisher?.(bearer))
    if (principal) return principal
    throw denied(401, 'bearer tokens are not accepted here', 'send a secret key')
  }
}

function parseBearer(authorization: string | null): string | null {
  if (authorization === null) return null
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? []
  if (token) return token
  throw denied(401, 'the authorization is not a bearer token', 'send: Authorization: Bearer <token>')
}

function requireTokenForm(text: string): void {
  try {
    decodeProtectedHeader(text)
    decodeJwt(text)
  } catch {
    throw denied(401, 'the bearer token is not a JSON Web Token', 'send the whole token')
  }
}
