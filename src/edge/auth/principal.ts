import type { Job } from './identity-policy.ts'
import type { NameRights } from './preview-names.ts'

/** Who makes a request, as its credentials prove. All of them may publish. */
export interface Principal {
  /** `secret`: a key of the project. `publisher`: a signed-in user. `identity`: a CI job that its platform vouches for. */
  via: 'secret' | 'publisher' | 'identity'
  /**
   * Whose idempotency keys it uses, as the credentials prove: the same for every token of one user, or of one repository
   * and ref.
   */
  subject?: string
  /** For the history. A secret key says nothing of its holder, who then names the actor. */
  actor?: string
  /** The kinds that an identity may publish; undefined: all of them. */
  kinds?: readonly string[]
  /** The kinds that an identity may write into previews of its own ref; undefined: all of them. */
  previewKinds?: readonly string[]
  /** What previews of an identity are of: `repository#ref`. */
  origin?: string
  /** The names that previews of an identity may have. */
  names?: NameRights
  /** The job of an identity: its commit and ref are what it may publish. */
  job?: Job
  /** An identity token, which counts for one idempotency key; `expiresAt` in seconds since 1970. */
  token?: { issuer: string; id: string; expiresAt: number }
}

/** The principal of every secret key, and of callers inside this process: they own the registry. */
export const OWNER = 'owner'

/** Whose namespace of idempotency keys a request is in. */
export function keyHolder(principal: Principal | undefined): string {
  if (principal === undefined || principal.via === 'secret') return OWNER
  return principal.subject ?? `${principal.via} ${principal.actor ?? ''}`
}

/**
 * Looks at a request's credentials. Undefined: it has none, so it may read what everybody may.
 * @throws Refusal 401 when they prove nothing, 403 when they prove somebody who may not publish
 */
export type Authenticate = (request: Request) => Promise<Principal | undefined>

/** What PostgreSQL keeps in no text: the character NUL, and half of a pair of UTF-16 code units. */
const UNKEPT = /[\0\p{Surrogate}]/gu

/** A name as the history keeps it: at most 255 UTF-16 code units, none of which the database refuses. */
export function actorName(name: string): string {
  return name.slice(0, 255).replace(UNKEPT, '\ufffd')
}
