import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { nearest } from '../../contract/text/nearest.ts'
import type { Head, Registry } from '../../core/registry/registry.ts'

/**
 * The head of a definition.
 * @param kinds in which to look for the id that was meant; only the named kind when not given
 * @throws Failure NOT_FOUND when the registry has no such definition, with the nearest name as a hint
 */
export async function requireHead(
  registry: Registry,
  kind: string,
  id: string,
  kinds: readonly { id: string }[] = [{ id: kind }],
): Promise<Head> {
  const head = await registry.head(kind, id)
  if (head) return head
  const nearest = await nearestName(registry, kind, id, kinds)
  const hint = nearest === undefined ? 'see: nofx registry list' : `did you mean: ${nearest}`
  throw new Failure('NOT_FOUND', `${nameOf({ kind, id })} is not in the registry`, hint)
}

/** The same id in another kind, or the nearest id of this kind. */
async function nearestName(
  registry: Registry,
  kind: string,
  id: string,
  kinds: readonly { id: string }[],
): Promise<string | undefined> {
  const heads = await registry.heads(...kinds.map((one) => one.id))
  const same = heads.find((head) => head.id === id && head.kind !== kind)
  if (same) return nameOf(same)
  const near = nearest(
    id,
    heads.filter((head) => head.kind === kind && head.id !== id).map((head) => head.id),
  )
  return near === undefined ? undefined : nameOf({ kind, id: near })
}
