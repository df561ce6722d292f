import type { Known } from '../cache/known.ts'
import type { LiveState, Revision } from '../connection/definition.ts'
import type { Feed } from '../feed/feed.ts'

/** How current an answer is. */
export interface Staleness {
  /** The registry was heard of lately, and nothing newer is known. */
  fresh: boolean
  /** When the copy was last known to be current, by the registry's clock. */
  asOf: string
  /** The last event that it takes into account. */
  seq: number
}

type Gone = { state: 'removed' | 'disabled' | 'not-found' }
export type State = { state: LiveState; revision: Revision } | Gone

/** A definition as it was last known. */
export type Found = State & { staleness: Staleness }

/** A definition that was asked for. */
export interface Entry {
  kind: string
  id: string
  found?: State
  /** The last event that is known to be of it, and the one that `found` takes into account: behind when that is less. */
  moved: number
  readAt: number
  /** When it was last current; while it is not behind, the feed may know better. */
  asOf: string
  seq: number
  loading?: Promise<void>
}

export const isCurrent = (entry: Entry) => entry.found !== undefined && entry.moved <= entry.readAt

/** Whether what was last found has this content. */
export function hasDigest({ found }: Entry, digest: string): boolean {
  return found !== undefined && 'revision' in found && found.revision.digest === digest
}

export function stalenessOf(entry: Entry, feed: Feed): Staleness {
  const { asOf, seq } = entry
  if (!isCurrent(entry)) return { fresh: false, asOf, seq }
  const known = feed.asOf !== undefined && feed.asOf > asOf ? feed.asOf : asOf
  return { fresh: feed.isRecent(), asOf: known, seq: Math.max(seq, feed.cursor) }
}

/** What is answered of it; undefined when nothing is known. */
export function shown(entry: Entry, feed: Feed): Found | undefined {
  return entry.found && { ...entry.found, staleness: stalenessOf(entry, feed) }
}

/** Everything that is worth keeping on disk. */
export function knownOf(entries: ReadonlyMap<string, Entry>, feed: Feed): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const [key, entry] of entries) {
    const head = entry.found && headOf(entry.found)
    if (!head) continue
    const { asOf, seq } = stalenessOf(entry, feed)
    const mark = feed.mark !== null && seq === feed.cursor ? { mark: feed.mark } : {}
    known.set(key, { head, asOf, seq, ...mark })
  }
  return known
}

function headOf(found: State): Known['head'] | undefined {
  if ('revision' in found)
    return { state: found.state, version: found.revision.version, digest: found.revision.digest }
  return found.state === 'not-found' ? undefined : { state: found.state }
}
