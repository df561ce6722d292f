import { decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import { type IdentityPolicy, kindsFor } from './identity-policy.ts'
import { createIssuerKeys } from './issuer-keys.ts'
import { actorName, type Principal } from './principal.ts'
import { denied } from './refusal.ts'
import { tokenRefusal } from './token-refusal.ts'

export interface IdentityOptions {
  /** Who may publish; asked for every identity token. */
  policies: () => Promise<readonly IdentityPolicy[]>
  /** Reads the keys of issuers. */
  fetch: typeof globalThis.fetch
  now?: () => Date
}

const WHAT = 'the identity token'
const HINT = 'ask the CI platform for a new one, with the audience that registry_policies names'
/** GitHub's tokens live five minutes; an older one was kept by somebody. */
const OLDEST = '15m'
/** The last second that fits a date of four digits; a later one fits no timestamp. */
const LATEST = 253_402_300_799
const CLAIMS = ['jti', 'iat', 'exp', 'repository', 'ref', 'event_name']

const text = z.string().min(1).max(255)
const claimsShape = z.object({
  iss: text,
  // A token for several audiences can be used by each of them against the others.
  aud: text,
  jti: text,
  exp: z.number().max(LATEST),
  repository: text,
  ref: text,
  event_name: text,
  run_id: z.string().max(40).default('unknown'),
})

/**
 * Checks the tokens by which a CI platform vouches for its jobs (OpenID Connect, with the claims of GitHub Actions).
 * Answers undefined for a token of an issuer that no policy names: it is somebody else's to judge. The token must be
 * one in form.
 * @throws Refusal 401, 403, 503
 */
export function createIdentityCheck({ policies, fetch, now = () => new Date() }: IdentityOptions) {
  const keysOf = createIssuerKeys(fetch)
  return async (token: string): Promise<Principal | undefined> => {
    // Not proven yet: it only chooses the keys that must prove it.
    const issuer = decodeJwt(token).iss
    const known = (await policies()).filter((policy) => policy.issuer === issuer)
    if (issuer === undefined || known.length === 0) return undefined
    const payload = await keysOf(issuer)
      .then((keys) =>
        jwtVerify(token, keys, {
          algorithms: ['RS256', 'ES256'],
          typ: 'JWT',
          issuer,
          audience: known.map((policy) => policy.audience),
          requiredClaims: CLAIMS,
          maxTokenAge: OLDEST,
          clockTolerance: 5,
          currentDate: now(),
        }),
      )
      .then((verified) => verified.payload)
      .catch((error: unknown) => {
        throw tokenRefusal(error, WHAT, HINT)
      })
    return principalOf(payload, known)
  }
}

function principalOf(payload: JWTPayload, policies: readonly IdentityPolicy[]): Principal {
  const { data: claims } = claimsShape.safeParse(payload)
  if (!claims) throw denied(401, `${WHAT} has claims of another shape than those of a CI job`, HINT)
  const { iss: issuer, aud: audience, repository, ref, event_name: event } = claims
  const { kinds, previewKinds } = kindsFor({ issuer, audience, repository, ref, event }, policies)
  if (kinds?.length === 0 && previewKinds?.length === 0)
    throw denied(
      403,
      `${repository} at ${ref} (${event}) may not publish here`,
      'have the owner of the registry add it to "identities" in registry_policies',
    )
  return {
    via: 'identity',
    actor: actorName(`${repository}@${ref} (${event}, run ${claims.run_id})`),
    subject: `ci ${issuer} ${repository}#${ref}`,
    origin: `${repository}#${ref}`,
    ...(kinds ? { kinds } : {}),
    ...(previewKinds ? { previewKinds } : {}),
    token: { issuer, id: claims.jti, expiresAt: claims.exp },
  }
}
