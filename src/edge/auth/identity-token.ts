import { decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import { COMMIT_SHA } from '../../contract/commit.ts'
import { denied } from '../http/refusal.ts'
import {
  type IdentityPolicy,
  type Job,
  type JobKinds,
  kindsFor,
  type RepositoryIds,
} from './identity-policy.ts'
import { createIssuerKeys } from './issuer-keys.ts'
import { nameRights } from './preview-names.ts'
import { actorName, type Principal } from './principal.ts'
import { tokenRefusal } from './token-refusal.ts'

export interface IdentityOptions {
  /** Reads the CI jobs that may publish; called for every identity token. */
  policies: () => Promise<readonly IdentityPolicy[]>
  /**
   * The ids in the first used token of this repository; this token becomes the first when there was none. Without it
   * only the ids in a policy are compared.
   */
  pin?: (job: Job) => Promise<RepositoryIds>
  /** Reads the keys of issuers. */
  fetch: typeof globalThis.fetch
  now?: () => Date
}

const WHAT = 'the identity token'
const HINT = 'ask the CI platform for a new one, with the audience that registry_policies names'
/** GitHub's tokens are valid for five minutes; an older one was stored. */
const OLDEST = '15m'
/** The last second that fits a date with a year of four digits; a later one does not fit a timestamp. */
const LATEST = 253_402_300_799
const CLAIMS = ['jti', 'iat', 'exp', 'repository', 'ref', 'event_name']

const text = z.string().min(1).max(255)
/** The platform sends an empty text for a claim that the job does not have. */
const optional = z
  .string()
  .max(1000)
  .optional()
  .transform((value) => value || undefined)
const claimsShape = z.object({
  iss: text,
  // A single audience: each receiver of a token for several audiences could use it against the others.
  aud: text,
  jti: text,
  exp: z.number().max(LATEST),
  repository: text,
  ref: text,
  event_name: text,
  sha: z.string().regex(COMMIT_SHA).optional(),
  head_ref: optional,
  repository_id: optional,
  repository_owner_id: optional,
  workflow_ref: optional,
  job_workflow_ref: optional,
  environment: optional,
  run_id: z.string().max(40).default('unknown'),
})

/**
 * Checks the tokens by which a CI platform vouches for its jobs (OpenID Connect, with the claims of GitHub Actions).
 * Returns undefined for a token of an issuer that no policy names: another check decides on it. The argument must have
 * the form of a JWT.
 * @throws Refusal 401, 403, 503
 */
export function createIdentityCheck({ policies, pin, fetch, now = () => new Date() }: IdentityOptions) {
  const keysOf = createIssuerKeys(fetch)
  return async (token: string): Promise<Principal | undefined> => {
    // Not verified yet: the claim only selects the keys for the verification.
    const issuer = decodeJwt(token).iss
    const all = await policies()
    const ofIssuer = all.filter((policy) => policy.issuer === issuer)
    if (issuer === undefined || ofIssuer.length === 0) return undefined
    const payload = await keysOf(issuer)
      .then((keys) =>
        jwtVerify(token, keys, {
          algorithms: ['RS256', 'ES256'],
          typ: 'JWT',
          issuer,
          audience: ofIssuer.map((policy) => policy.audience),
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
    const principal = await authorizePrincipal(payload, ofIssuer, pin)
    return principal.job ? { ...principal, names: nameRights(principal.job, all) } : principal
  }
}

async function authorizePrincipal(
  payload: JWTPayload,
  policies: readonly IdentityPolicy[],
  pin: IdentityOptions['pin'],
): Promise<Principal> {
  const { data: claims } = claimsShape.safeParse(payload)
  if (!claims) throw denied(401, `${WHAT} does not have the claims of a CI job`, HINT)
  const job = toJob(claims)
  const { repository, ref, event } = job
  const jobKinds = kindsFor(job, policies)
  if (isNothing(jobKinds))
    throw denied(
      403,
      `${repository} at ${ref} (${event}) may not publish here`,
      'have the owner of the registry add it to "identities" in registry_policies',
    )
  // Only the token of a job that may publish is stored as the first one of its repository.
  const { kinds, previewKinds } = kindsFor(job, policies, await pin?.(job))
  if (isNothing({ kinds, previewKinds }))
    throw denied(
      403,
      `${repository} is not the repository that published before: its id or its owner's has changed`,
      'have the owner of the registry set "repositoryId" and "ownerId" of it in registry_policies',
    )
  return {
    via: 'identity',
    actor: actorName(`${repository}@${ref} (${event}, run ${claims.run_id})`),
    subject: `ci ${job.issuer} ${repository}#${ref}`,
    origin: `${repository}#${ref}`,
    job,
    ...(kinds ? { kinds } : {}),
    ...(previewKinds ? { previewKinds } : {}),
    token: { issuer: job.issuer, id: claims.jti, expiresAt: claims.exp },
  }
}

const isNothing = ({ kinds, previewKinds }: JobKinds) => kinds?.length === 0 && previewKinds?.length === 0

function toJob(claims: z.output<typeof claimsShape>): Job {
  return {
    issuer: claims.iss,
    audience: claims.aud,
    repository: claims.repository,
    ref: claims.ref,
    event: claims.event_name,
    sha: claims.sha,
    headRef: claims.head_ref,
    repositoryId: claims.repository_id,
    ownerId: claims.repository_owner_id,
    workflowRef: claims.workflow_ref,
    jobWorkflowRef: claims.job_workflow_ref,
    environment: claims.environment,
  }
}
