import type { Head } from '../../core/registry/registry.ts'
import { headTag, innerTag } from './tags.ts'

/** What publishers may know of a definition beside its version: which draft waits, and which content is held. */
export function innerOf({ latestVersion, draftVersion, hold }: Head) {
  return { latestVersion, draftVersion, held: hold.map(({ digest }) => digest) }
}

/** The tag that the route for the definition sends to everybody. */
export function publicTagOf({ version, liveDigest, digest, state }: Head): string {
  return headTag({ version, digest: liveDigest ?? digest, state })
}

/** The tag that it sends to publishers. */
export function innerTagOf(head: Head): string {
  return innerTag(publicTagOf(head), innerOf(head))
}
