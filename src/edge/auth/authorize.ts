import { toRefusal } from '../http/database-error.ts'
import type { ParsedRequest } from '../http/read-request.ts'
import { denied, Refusal } from '../http/refusal.ts'
import type { Rpc } from '../http/rpc.ts'
import { requireOwnCommit, shortRef } from './own-commit.ts'
import { isPreviewWriter, type OriginOf, requireOwnPreview, requirePreviewWriter } from './preview-rights.ts'
import type { Authenticate, Principal } from './principal.ts'

/**
 * The principal of a request that needs one.
 * @throws Refusal 401 for missing or invalid credentials, 403 for a principal without the right
 */
export async function requirePrincipal(authenticate: Authenticate, request: Request): Promise<Principal> {
  const principal = await authenticate(request)
  if (principal) return principal
  throw denied(
    401,
    'this needs credentials',
    'send a secret key as "apikey", or a token as "Authorization: Bearer <token>"',
  )
}

/** A request that may be answered. `kinds`: a commit may make only these kinds live, whatever else was staged. */
export type Authorized = ParsedRequest & { kinds?: readonly string[] }

/**
 * Checks that a principal may send a request to the function of `kind`: only for its own kinds, under its own name, and
 * with an identity token that was not used for another key. A dry run has no effect, so it does not use the token up.
 * @throws Refusal 401, 403
 */
export async function authorize(
  principal: Principal,
  kind: string,
  request: ParsedRequest,
  { rpc, originOf }: { rpc: Rpc; originOf?: OriginOf },
): Promise<Authorized> {
  const { preview } = request
  if (request.action === 'rebase') requireOwner(principal)
  refuseOtherKinds(principal, [kind, ...kindsIn(request)], preview)
  if (request.action === 'withdraw' && principal.via === 'identity') throw noTakedown()
  if (preview !== undefined) await requireOwnPreview(principal, preview, originOf)
  if (request.action === 'commit') requireOwnCommit(principal, request.commit, preview === undefined)
  const dryRun = 'dryRun' in request && request.dryRun
  if (principal.token && !dryRun) await claimToken(principal.token, request.key, rpc)
  const { actor } = principal
  const kinds = preview === undefined ? principal.kinds : principal.previewKinds
  const withActor = actor && 'actor' in request ? { ...request, actor } : request
  if (withActor.action !== 'commit') return withActor
  const { commit } = withActor
  const ref = commit.ref ?? (principal.job && shortRef(principal.job.ref))
  return {
    ...withActor,
    ...(kinds ? { kinds } : {}),
    commit: ref === undefined ? commit : { ...commit, ref },
  }
}

/** @throws Refusal 403 for every principal but the holder of a secret key */
function requireOwner({ via }: Principal): void {
  if (via === 'secret') return
  throw denied(
    403,
    'only the owner of the registry may restart the order of commits',
    'run it with SUPABASE_SECRET_KEY',
  )
}

/**
 * Checks the kinds of a write to `preview`, or to production when it is undefined.
 * @throws Refusal 403 when the principal may not publish one of the kinds; undefined stands for unknown kinds
 */
export function refuseOtherKinds(
  principal: Principal,
  kinds: readonly (string | undefined)[],
  preview: string | undefined,
): void {
  if (preview !== undefined) requirePreviewWriter(principal)
  else if (isPreviewWriter(principal))
    throw denied(403, 'this identity may write previews only', 'publish into one: nofx preview up <name>')
  const allowed = preview === undefined ? principal.kinds : principal.previewKinds
  if (!allowed) return
  const others = kinds.filter((kind) => kind === undefined || !allowed.includes(kind))
  if (others.length === 0) return
  throw denied(
    403,
    `this identity may publish ${allowed.join(', ')} only, not ${others[0] ?? 'whole releases'}`,
    'have the owner of the registry add it to "identities" in registry_policies',
  )
}

/** Only people may do what cannot be undone: every program that a job runs can read the job's token. */
function noTakedown(): Refusal {
  const hint = 'withdraw with SUPABASE_SECRET_KEY, or as a publisher'
  return denied(403, 'a CI identity may not withdraw content', hint)
}

function kindsIn(request: ParsedRequest): (string | undefined)[] {
  if (request.action === 'rebase') return [request.target?.kind]
  if ('target' in request) return ['kind' in request.target ? request.target.kind : undefined]
  if ('removals' in request) return request.removals.map((removal) => removal.kind)
  return 'kind' in request ? [request.kind] : []
}

/**
 * Binds an identity token to `key`.
 * @throws Refusal 401 when the token is bound to another key
 */
export async function claimToken(
  token: NonNullable<Principal['token']>,
  key: string,
  rpc: Rpc,
): Promise<void> {
  const { error } = await rpc('registry_claim_token', {
    p_issuer: token.issuer,
    p_token: token.id,
    p_key: key,
    p_expires_at: new Date(token.expiresAt * 1000).toISOString(),
  })
  if (!error) return
  const refusal = toRefusal(error)
  throw refusal.status === 401 ? new Refusal(401, 'auth', refusal.error) : refusal
}
