import { Failure } from '../contract/failure.ts'
import type { Head, Registry } from '../core/registry/registry.ts'

/** @throws Failure NOT_FOUND when the registry has no such definition */
export async function requireHead(registry: Registry, kind: string, id: string): Promise<Head> {
  const head = await registry.head(kind, id)
  if (head) return head
  throw new Failure('NOT_FOUND', `${kind}/${id} is not in the registry`, 'see: nofx registry list')
}
