import type { RebaseRequest, ReleaseResult } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import { rebasedFrom } from './registry/own-effect.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/** Any function takes the request, since it may be about definitions of every kind; each registry has this one. */
const THROUGH = 'agents'

/**
 * Starts the order of commits anew at `request.commit`, for one definition or for all. The registry may be rebased to
 * the same commit again later, so what it held last is part of the key. Asking again right after a lost answer gives that
 * answer.
 * @throws Failure NOT_FOUND, REFUSED, REMOTE_DENIED (only the owner may)
 */
export async function rebaseRank(
  registry: Registry,
  request: Keyless<RebaseRequest>,
): Promise<ReleaseResult> {
  const { key: named, ...asked } = request
  const base = named ? undefined : await rebasedFrom(registry, request.commit.sha, request.reason)
  const key = named ?? buildKey('rebase', asked, base)
  return callForRelease(registry, THROUGH, { action: 'rebase', ...request, key })
}
