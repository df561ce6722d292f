import type { RebaseRequest, ReleaseResult } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import { rebasedFrom } from './registry/own-effect.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/**
 * The kind whose edge function is called. Any function accepts the request, since it may concern every kind; each
 * registry has this one.
 */
const THROUGH = 'agents'

/**
 * Restarts the order of commits at `request.commit`, for one definition or for all. The registry may be rebased to
 * the same commit again later, so the newest release is part of the default key. A repetition right after a lost
 * answer returns that answer.
 * @throws Failure NOT_FOUND, REFUSED, REMOTE_DENIED (only the owner may)
 */
export async function rebaseRank(
  registry: Registry,
  request: Keyless<RebaseRequest>,
): Promise<ReleaseResult> {
  const { key: givenKey, ...keyless } = request
  const base = givenKey ? undefined : await rebasedFrom(registry, request.commit.sha, request.reason)
  const key = givenKey ?? buildKey('rebase', keyless, base)
  return callForRelease(registry, THROUGH, { action: 'rebase', ...request, key })
}
