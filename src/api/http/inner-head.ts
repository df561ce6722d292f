import type { Head } from '../../core/registry/registry.ts'
import { headTag, wholeTag } from './tags.ts'

/** What publishers may know of a definition beside its version: which draft waits, and which content is held. */
export function innerOf({ latestVersion, draftVersion, hold }: Head) {
  return { latestVersion, draftVersion, held: hold.map(({ digest }) => digest) }
}

/** The tag of what is live, which is in the tags that the route for the definition sends. */
export function headTagOf({ version, liveDigest, digest, state }: Head): string {
  return headTag({ version, digest: liveDigest ?? digest, state })
}

/**
 * The tag that the route for the definition sends, with what it also changes with for publishers: a draft or a hold.
 * @param head the tag of what is live
 */
export function definitionTag(head: string, updatedAt: string, inner?: ReturnType<typeof innerOf>): string {
  return wholeTag(head, [updatedAt, inner ?? null])
}

/** The tag that it sends to publishers. */
export function buildInnerTag(head: Head): string {
  return definitionTag(headTagOf(head), head.updatedAt, innerOf(head))
}
