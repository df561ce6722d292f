import type { KnownState } from '../cache/known-state.ts'
import type { LiveState, WorkerRevision } from '../connection/definition.ts'
import type { WorkerFeed } from '../feed/feed.ts'

/** How current an answer is. */
export interface Staleness {
  /** Whether the registry answered lately and no newer event of the definition is known. */
  fresh: boolean
  /** When the copy was last known to be current, by the registry's clock. */
  asOf: string
  /** Number of the last event that the answer takes into account. */
  seq: number
}

type Gone = { state: 'removed' | 'disabled' | 'not-found' }
export type DefinitionState = { state: LiveState; revision: WorkerRevision } | Gone

/** The last known state of a definition. */
export type CurrentState = DefinitionState & { staleness: Staleness }

/** A definition that a caller has read. */
export interface DefinitionEntry {
  kind: string
  id: string
  state?: DefinitionState
  /**
   * Number of its last known event, and of the last event that
   * `state` takes into account; out of date when `readAt` is less.
   */
  moved: number
  readAt: number
  /** When it was last current. While it is up to date, the feed's time may be later. */
  asOf: string
  seq: number
  loading?: Promise<void>
}

export const isCurrent = (entry: DefinitionEntry) => entry.state !== undefined && entry.moved <= entry.readAt

/** Whether the last known state has this content. */
export function hasDigest({ state }: DefinitionEntry, digest: string): boolean {
  return state !== undefined && 'revision' in state && state.revision.digest === digest
}

export function computeStaleness(entry: DefinitionEntry, feed: WorkerFeed): Staleness {
  const { asOf, seq } = entry
  if (!isCurrent(entry)) return { fresh: false, asOf, seq }
  const currentAt = feed.asOf !== undefined && feed.asOf > asOf ? feed.asOf : asOf
  return { fresh: feed.isRecent(), asOf: currentAt, seq: Math.max(seq, feed.cursor) }
}

/** The answer for an entry; undefined when nothing is known. */
export function currentState(entry: DefinitionEntry, feed: WorkerFeed): CurrentState | undefined {
  return entry.state && { ...entry.state, staleness: computeStaleness(entry, feed) }
}

/** The states worth keeping on disk. */
export function collectStates(
  entries: ReadonlyMap<string, DefinitionEntry>,
  feed: WorkerFeed,
): Map<string, KnownState> {
  const states = new Map<string, KnownState>()
  for (const [key, entry] of entries) {
    const head = entry.state && toKnownHead(entry.state)
    if (!head) continue
    const { asOf, seq } = computeStaleness(entry, feed)
    const mark = feed.mark !== null && seq === feed.cursor ? { mark: feed.mark } : {}
    states.set(key, { head, asOf, seq, ...mark })
  }
  return states
}

function toKnownHead(state: DefinitionState): KnownState['head'] | undefined {
  if ('revision' in state)
    return { state: state.state, version: state.revision.version, digest: state.revision.digest }
  return state.state === 'not-found' ? undefined : { state: state.state }
}
