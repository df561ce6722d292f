import { canonicalJson, sha256 } from '../../contract/digest.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'

/** The strong tag of a definition's head, without its quotes: another content, version or state has another tag. */
export function headTag(head: { version: number | null; digest: string; state: string }): string {
  return `${head.version ?? 0}-${head.digest}-${head.state}`
}

/**
 * The tag of what depends on everything that was ever published: one number says whether anything moved. In a preview
 * none does, so nothing there has such a tag.
 */
export function registryTag(seq: number, what: unknown): string {
  return `${seq}-${fingerprint(what)}`
}

/** A tag as it is outside: no environment's tag is another's. Production has none in it. */
export function tagIn(env: string | undefined, tag: string): string {
  return env === undefined ? tag : `${tag}-in-${env}`
}

/** 16 hex digits for any JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 16)
}

/**
 * Whether a header `If-None-Match` names the tag, in the weak comparison that RFC 9110 wants for it: a cache on the
 * way may have marked the tag as weak.
 */
export function namesTag(header: string | null, tag: string): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].some(([, named]) => named === tag)
}

/** The cache tag of every list of a kind. */
export const listsTag = (kind: string) => `registry-${kind}-lists`

/** More definitions of one kind than this are purged with their whole kind. */
const FEW = 16

/** The cache tags of all answers that events have made wrong: of the definitions, and of the lists that hold them. */
export function buildTags(events: readonly Pick<RegistryEvent, 'kind' | 'id'>[]): string[] {
  const moved = new Map<string, Set<string>>()
  for (const { kind, id } of events) moved.set(kind, (moved.get(kind) ?? new Set()).add(id))
  return [...moved].flatMap(([kind, ids]) =>
    ids.size > FEW
      ? [`registry-${kind}`]
      : [listsTag(kind), ...[...ids].map((id) => `registry-${kind}-${id}`)],
  )
}
