import { replaceUnstorable } from '../../contract/text/storable.ts'
import type { Job } from './identity-policy.ts'
import type { NameRights } from './preview-names.ts'

/** The caller of a request, as its credentials prove it. Every principal may publish. */
export interface Principal {
  /** `secret`: a key of the project. `publisher`: a signed-in user. `identity`: a CI job that its platform vouches for. */
  via: 'secret' | 'publisher' | 'identity'
  /**
   * The holder of its idempotency keys, as the
   * credentials prove it: equal for every token
   * of one user, or of one repository and ref.
   */
  subject?: string
  /** The name in the history. A secret key does not identify its holder; that caller names the actor in the request. */
  actor?: string
  /** The kinds that an identity may publish; undefined means all of them. */
  kinds?: readonly string[]
  /** The kinds that an identity may write into previews of its own ref; undefined means all of them. */
  previewKinds?: readonly string[]
  /** Where this identity's previews come from: `repository#ref`. */
  origin?: string
  /** The names that an identity's previews may have. */
  names?: NameRights
  /** The job of an identity: it may publish this commit and ref alone. */
  job?: Job
  /** An identity token, which is valid for one idempotency key; `expiresAt` in seconds since 1970. */
  token?: { issuer: string; id: string; expiresAt: number }
}

/** The subject of every secret key, and of callers inside of this process: they own the registry. */
export const OWNER = 'owner'

/** The namespace of a request's idempotency keys. */
export function keyHolder(principal: Principal | undefined): string {
  if (principal === undefined || principal.via === 'secret') return OWNER
  return principal.subject ?? `${principal.via} ${principal.actor ?? ''}`
}

/**
 * Checks a request's credentials. Undefined: the request has none, so it may read what is public.
 * @throws Refusal 401 when they are invalid, 403 when they belong to a user who may not publish
 */
export type Authenticate = (request: Request) => Promise<Principal | undefined>

/** A name in the form that the history stores: at most 255 UTF-16 code units, each of which the database accepts. */
export function actorName(name: string): string {
  return replaceUnstorable(name.slice(0, 255))
}
