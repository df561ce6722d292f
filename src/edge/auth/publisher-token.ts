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

export interface PublisherOptions {
  /** Where the project's Auth is, as in `https://<project>.supabase.co/auth/v1`: its key set is read there. */
  issuer: string
  /** The key set, when it is known already. */
  jwks?: JSONWebKeySet
  /** The shared secret of a project that signs with HS256, as the embedded cloud does; without it HS256 is refused. */
  jwtSecret?: string
  fetch?: typeof globalThis.fetch
  /**
   * Tells whether the user may still publish, and the session goes on. Without it a role that is taken away counts until
   * the token ends.
   */
  isCurrent?: (user: string, session?: string) => Promise<boolean>
}

/** Whatever no policy's issuer made is taken for a user's token. */
const WHAT = 'the bearer token'
const HINT = 'sign in again; the issuer of an identity token must be in "identities" of registry_policies'

/** How far clocks may be apart, seconds. */
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
 * Checks the token of a signed-in user: signature, audience, expiry, and that the user may publish. The name of the
 * issuer is not compared: the keys are the project's own and sign for nobody else, while a self-hosted project names
 * itself by another URL than its functions reach it by.
 * @throws Refusal 401, 403, 503
 */
export function createPublisherCheck(options: PublisherOptions): (token: string) => Promise<Principal> {
  const verify = verifier(options)
  return async (token) => {
    const { payload } = await verify(token).catch((error: unknown) => {
      throw tokenRefusal(error, WHAT, HINT)
    })
    // The database refuses such a token too, and jose looks at this claim only where it limits the age.
    if ((payload.iat ?? 0) > Date.now() / 1000 + LEEWAY)
      throw denied(401, `${WHAT} was issued in the future`, HINT)
    const claims = claimsShape.safeParse(payload).data
    if (!claims)
      throw denied(
        403,
        'this user is not a publisher',
        'have the owner of the registry set "nofx_role": "publisher" in the app_metadata of the user',
      )
    // A subject of another form is not a user of Auth: the owner of the project signed the token.
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

/** The algorithm decides which key counts, and each key knows its own algorithms: a public key is never a secret. */
function verifier({ issuer, jwks, jwtSecret, fetch }: PublisherOptions) {
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
