import { Failure } from '../contract/failure.ts'
import { nearest } from '../contract/text/nearest.ts'
import type { Head, Registry } from '../core/registry/registry.ts'

/** @throws Failure NOT_FOUND when the registry has no such definition */
export async function requireHead(registry: Registry, kind: string, id: string): Promise<Head> {
  const head = await registry.head(kind, id)
  if (head) return head
  const near = nearest(
    id,
    (await registry.heads(kind)).map((one) => one.id),
  )
  const hint = near === undefined ? `see: nofx registry list ${kind}` : `did you mean: ${near}`
  throw new Failure('NOT_FOUND', `${kind}/${id} is not in the registry`, hint)
}
