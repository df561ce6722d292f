import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import * as z from 'zod'
import { denied } from '../http/refusal.ts'
import { actorName, type Principal } from './principal.ts'
import { tokenRefusal } from './token-refusal.ts'

export interface PublisherTokenOptions {
  /** The URL of the project's Auth, as in `https://<project>.supabase.co/auth/v1`: its key set is read from there. */
  issuer: string
  /** The key set, when it is already known. */
  jwks?: JSONWebKeySet
  /** The shared secret of a project that signs with HS256, as the embedded cloud does; without it HS256 is refused. */
  jwtSecret?: string
  fetch?: typeof globalThis.fetch
  /**
   * Whether the user may still publish and the
   * session still exists. Without it a role that
   * was revoked is valid until the token expires.
   */
  isCurrent?: (user: string, session?: string) => Promise<boolean>
}

/** A token that is not from an issuer of a policy is treated as a user's token. */
const WHAT = 'the bearer token'
const HINT = 'sign in again; the issuer of an identity token must be in "identities" of registry_policies'

/** Allowed difference between clocks, seconds. */
const LEEWAY = 5

const USER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const claimsShape = z.object({
  sub: z.string().min(1),
  role: z.literal('authenticated'),
  session_id: z.string().optional(),
  email: z.string().optional(),
  app_metadata: z.object({ nofx_role: z.literal('publisher') }),
})

/**
 * Checks the token of a signed-in user: signature, audience, expiry, and that the user may publish. The issuer's name
 * is not compared: the keys are the project's own and sign for no other project, while a self-hosted project names
 * itself by another URL than the one that its functions use.
 * @throws Refusal 401, 403, 503
 */
export function createPublisherCheck(options: PublisherTokenOptions): (token: string) => Promise<Principal> {
  const verify = verifier(options)
  return async (token) => {
    const { payload } = await verify(token).catch((error: unknown) => {
      throw tokenRefusal(error, WHAT, HINT)
    })
    // The database refuses such a token too; jose checks this claim only together with a maximum age.
    if ((payload.iat ?? 0) > Date.now() / 1000 + LEEWAY)
      throw denied(401, `${WHAT} was issued in the future`, HINT)
    const claims = claimsShape.safeParse(payload).data
    if (!claims)
      throw denied(
        403,
        'this user is not a publisher',
        'have the owner of the registry set "nofx_role": "publisher" in the app_metadata of the user, then renew the token: nofx whoami',
      )
    // A subject of another form does not belong to a user of Auth: the project's owner signed the token.
    const current = USER_ID.test(claims.sub) ? options.isCurrent : undefined
    if ((await current?.(claims.sub, claims.session_id)) === false)
      throw denied(
        403,
        'this user is no longer a publisher, or has signed out',
        'sign in again; the owner of the registry gives the role back in the app_metadata of the user',
      )
    return { via: 'publisher', subject: `user ${claims.sub}`, actor: actorName(claims.email || claims.sub) }
  }
}

/**
 * The algorithm selects the key, and each key is limited to its
 * own algorithms, so a public key is never used as a secret.
 */
function verifier({ issuer, jwks, jwtSecret, fetch }: PublisherTokenOptions) {
  const keys = jwks
    ? createLocalJWKSet(jwks)
    : createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), fetch && { [customFetch]: fetch })
  const secret = jwtSecret ? new TextEncoder().encode(jwtSecret) : undefined
  const common: JWTVerifyOptions = {
    audience: 'authenticated',
    requiredClaims: ['exp', 'sub'],
    clockTolerance: LEEWAY,
  }
  return async (token: string): Promise<JWTVerifyResult> =>
    secret && decodeProtectedHeader(token).alg === 'HS256'
      ? jwtVerify(token, secret, { ...common, algorithms: ['HS256'] })
      : jwtVerify(token, keys, { ...common, algorithms: ['ES256', 'RS256', 'EdDSA'] })
}
