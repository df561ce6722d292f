import type { ReleaseResult, RollbackRequest, UndeleteRequest } from './contract/sync.ts'
import { type Keyless, keyOf } from './key-of.ts'
import type { Registry } from './registry.ts'
import { callForRelease } from './sync.ts'

/**
 * Puts one definition back to an earlier version, or undoes a whole release. A release can be undone, published again
 * and undone again: what the registry held last is part of that key.
 * @throws Failure NOT_FOUND, CONFLICT, REFUSED (live definitions depend on what would go)
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
 * Brings a removed definition back as it was.
 * @throws Failure NOT_FOUND, REFUSED (it is not removed)
 */
export function undelete(registry: Registry, request: Keyless<UndeleteRequest>): Promise<ReleaseResult> {
  return callForRelease(registry, request.kind, {
    action: 'undelete',
    ...request,
    key: request.key ?? keyOf('undelete', request),
  })
}

async function keyOfRollback(registry: Registry, request: Keyless<RollbackRequest>): Promise<string> {
  const [newest] = 'release' in request.target ? await registry.releases(1) : []
  return keyOf('rollback', { ...request, after: newest?.id })
}
