import { Failure } from '../contract/failure.ts'
import type { ReleaseResult, WithdrawRequest } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/**
 * Deletes the content of a version from the registry for good: texts, bundle and copies in previews, in every version
 * that has it. Hash, commit, names and reasons remain. A repeated call deletes what may remain in storage.
 * @throws Failure NOT_FOUND, REFUSED (it is live), REMOTE_FAILED (withdrawn, but still in storage: call again)
 */
export function withdraw(registry: Registry, request: Keyless<WithdrawRequest>): Promise<ReleaseResult> {
  if (registry.preview !== undefined)
    throw new Failure(
      'USAGE',
      'content is withdrawn in production, and in every preview with it',
      'leave out the preview; to end a preview: nofx preview down <name>',
    )
  const key = request.key ?? buildKey('withdraw', request, undefined)
  return callForRelease(registry, request.kind, { action: 'withdraw', ...request, key })
}
