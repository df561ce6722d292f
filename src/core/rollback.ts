import { sha256 } from './contract/digest.ts'
import type { ReleaseResult, RollbackRequest, UndeleteRequest } from './contract/sync.ts'
import type { Registry } from './registry.ts'
import { callForRelease } from './sync.ts'

/** A rollback or an undelete without its key: the key is made of what is asked and of the head it was asked of. */
type Keyless<T> = Omit<T, 'action' | 'key'>

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
  const [newest] = 'release' in request.target ? await registry.releases(1) : []
  const key = keyOf('rollback', { ...request, after: newest?.id })
  return callForRelease(registry, kind, { action: 'rollback', key, ...request })
}

/**
 * Brings a removed definition back as it was.
 * @throws Failure NOT_FOUND, REFUSED (it is not removed)
 */
export function undelete(registry: Registry, request: Keyless<UndeleteRequest>): Promise<ReleaseResult> {
  return callForRelease(registry, request.kind, {
    action: 'undelete',
    key: keyOf('undelete', request),
    ...request,
  })
}

function keyOf(action: string, request: object): string {
  return `${action}-${sha256(JSON.stringify(request))}`
}
