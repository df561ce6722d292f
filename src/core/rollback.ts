import type { ReleaseResult, RollbackRequest, UndeleteRequest } from '../contract/protocol/sync.ts'
import { buildKey, type Keyless } from './registry/build-key.ts'
import { releaseBefore, versionBefore } from './registry/own-effect.ts'
import type { Registry } from './registry/registry.ts'
import { callForRelease } from './registry/sync.ts'

/**
 * Puts one definition back to an earlier version, or undoes a whole release. Without a key, a repetition right after
 * a lost answer returns that answer.
 * @throws Failure NOT_FOUND, CONFLICT, REFUSED (live definitions depend on what would be removed)
 */
export async function rollback(
  registry: Registry,
  kind: string,
  request: Keyless<RollbackRequest>,
): Promise<ReleaseResult> {
  const key = request.key ?? (await keyOfRollback(registry, request))
  return callForRelease(registry, kind, { action: 'rollback', ...request, key })
}

/**
 * Restores a removed definition unchanged.
 * @throws Failure NOT_FOUND, REFUSED (it is not removed)
 */
export async function undelete(
  registry: Registry,
  request: Keyless<UndeleteRequest>,
): Promise<ReleaseResult> {
  const { seenVersion: _, key: givenKey, ...keyless } = request
  const { reason } = request
  const base = givenKey ? undefined : await versionBefore(registry, request, { origin: 'undelete', reason })
  const key = givenKey ?? buildKey('undelete', keyless, base)
  return callForRelease(registry, request.kind, { action: 'undelete', ...request, key })
}

async function keyOfRollback(
  registry: Registry,
  { target, reason, ...how }: Keyless<RollbackRequest>,
): Promise<string> {
  if ('release' in target) {
    const base = await releaseBefore(registry, target.release, reason)
    return buildKey('rollback', { target, reason, ...how }, base)
  }
  const { seenVersion: _, ...keyless } = target
  const { toVersion } = target
  const base = await versionBefore(registry, target, { origin: 'rollback', reason, toVersion })
  return buildKey('rollback', { target: keyless, reason, ...how }, base)
}
