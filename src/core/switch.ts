import type { DisableRequest, EnableRequest, ReleaseResult } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import { versionBefore } from './registry/own-effect.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/**
 * Disables a live definition without new content. It stays disabled, whatever is published, promoted or rolled back,
 * until it is enabled. Without a key, a repetition right after a lost answer returns that answer.
 * @throws Failure NOT_FOUND, CONFLICT, REFUSED (it has no live version)
 */
export async function disable(registry: Registry, request: Keyless<DisableRequest>): Promise<ReleaseResult> {
  const key = request.key ?? (await computeKey('disable', registry, request))
  return callForRelease(registry, request.kind, { action: 'disable', ...request, key })
}

/**
 * Enables a definition that `disable` disabled: its newest content that is not a draft is live again.
 * @throws Failure NOT_FOUND, CONFLICT, REFUSED (something that it requires is not live; its manifest says disabled)
 */
export async function enable(registry: Registry, request: Keyless<EnableRequest>): Promise<ReleaseResult> {
  const key = request.key ?? (await computeKey('enable', registry, request))
  return callForRelease(registry, request.kind, { action: 'enable', ...request, key })
}

async function computeKey(
  origin: 'disable' | 'enable',
  registry: Registry,
  request: Keyless<EnableRequest>,
): Promise<string> {
  const { seenVersion: _, key: __, ...keyless } = request
  const base = await versionBefore(registry, request, { origin, reason: request.reason })
  return buildKey(origin, keyless, base)
}
