import type { PromoteRequest, ReleaseResult } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import { versionBefore } from './registry/own-effect.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/**
 * Makes the newest draft of a definition live, under the rules of a publish: what it requires is live, its declared
 * version is unused, the server's caps hold. Its content and its digest stay the same. Without a key, a repetition
 * right after a lost answer returns that answer.
 * @throws Failure NOT_FOUND, CONFLICT, REFUSED (there is no draft, or a rule refuses it)
 */
export async function promote(registry: Registry, request: Keyless<PromoteRequest>): Promise<ReleaseResult> {
  const { seenVersion: _, key: givenKey, ...keyless } = request
  const { reason } = request
  const base = givenKey ? undefined : await versionBefore(registry, request, { origin: 'promote', reason })
  const key = givenKey ?? buildKey('promote', keyless, base)
  return callForRelease(registry, request.kind, { action: 'promote', ...request, key })
}
