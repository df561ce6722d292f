import { canonicalJson, sha256 } from '../../contract/digest.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'

/** The strong tag of a definition's head, without its quotes: it changes with the content, the version or the state. */
export function headTag(head: { version: number | null; digest: string; state: string }): string {
  return `${head.version ?? 0}-${head.digest}-${head.state}`
}

/**
 * The tag of an answer about one definition or version, which begins with the tag of what it shows (`headOfTag`).
 * @param rest what tells the answer from others with the same content: a registry that was restored from a backup may give a
 * version a second time, to another release
 */
export function wholeTag(start: string, rest: readonly unknown[]): string {
  return `${start}~${fingerprint(rest)}`
}

/** The tag of the head in a tag that a caller sends: a newer draft does not overtake who moves the live version. */
export function headOfTag(tag: string): string {
  return tag.replace(/~[0-9a-f]{16}(?=$|-in-)/, '')
}

/**
 * The newest event: its number, and what no other event with this number has. While both are the same, everything that a
 * reader can see is the same. A registry that was restored from a backup gives its numbers again, with other marks.
 */
export interface NewestEvent {
  seq: number
  mark: string
}

export function isSameEvent(one: NewestEvent | undefined, other: NewestEvent): boolean {
  return one?.seq === other.seq && one.mark === other.mark
}

/**
 * The tag of an answer that depends on everything ever published: the newest event shows whether anything has changed.
 * A preview has no such event, so its answers have no such tag.
 */
export function registryTag({ seq, mark }: NewestEvent, what: unknown): string {
  return `${seq}-${fingerprint({ mark, what })}`
}

/** A tag as sent: tags of two environments always differ. A tag of production contains no name. */
export function tagIn(env: string | undefined, tag: string): string {
  return env === undefined ? tag : `${tag}-in-${env}`
}

/** 16 hex digits for any JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 16)
}

/**
 * Whether an `If-None-Match` header contains the tag, by RFC 9110's weak comparison: a cache on the way may have marked
 * the tag as weak.
 */
export function namesTag(header: string | null, tag: string): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].some(([, strongTag]) => strongTag === tag)
}

/** The cache tag of every list of a kind. */
export const listsTag = (kind: string) => `registry-${kind}-lists`

/** If more definitions of one kind have changed, the whole kind is purged. */
const FEW = 16

/** The cache tags of all answers that the events outdate: of the definitions, and of the lists that contain them. */
export function buildTags(events: readonly Pick<RegistryEvent, 'kind' | 'id'>[]): string[] {
  const moved = new Map<string, Set<string>>()
  for (const { kind, id } of events) moved.set(kind, (moved.get(kind) ?? new Set()).add(id))
  return [...moved].flatMap(([kind, ids]) =>
    ids.size > FEW
      ? [`registry-${kind}`]
      : [listsTag(kind), ...[...ids].map((id) => `registry-${kind}-${id}`)],
  )
}
