import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'
import type { Cache, Known } from '../cache/open-cache.ts'
import type { Head, LiveState, Revision } from '../connection/definition.ts'
import type { RegistryReads } from '../connection/read-registry.ts'
import type { Feed } from '../feed/feed.ts'
import { within } from '../feed/within.ts'
import { createRefresher } from './refresher.ts'

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
type State = { state: LiveState; revision: Revision } | Gone

/** A definition as it was last known. */
export type Found = State & { staleness: Staleness }

/** The definitions that were asked for, kept up to date. */
export interface Held {
  /** Undefined when nothing is known and the registry does not say. Never waits longer than a read may take. */
  find(kind: string, id: string): Promise<Found | undefined>
  /** What is held at this moment. */
  peek(kind: string, id: string): Found | undefined
  /** Takes an event into account: whoever asks from now on gets what it tells of. */
  note(event: RegistryEvent): void
  /** Nothing of a content is given any more, and nothing read meanwhile is kept. */
  forget(digest: string): void
  /** Everything has to be read again: events up to `seq` were not seen. */
  lapse(seq: number): void
  /** Reads again what is behind. */
  refresh(): void
  /** Everything that is held, for the disk. */
  known(): Map<string, Known>
}

export interface HeldOptions {
  reads: RegistryReads
  cache: Cache
  feed: Feed
  signal: AbortSignal
  answerWithinMs: number
  pollMs: number
  log: (line: string) => void
  /** There is something new to remember. */
  onChange: () => void
}

interface Entry {
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

/** How often a definition is read again because it moved in between. */
const ATTEMPTS = 3

const isCurrent = (entry: Entry) => entry.found !== undefined && entry.moved <= entry.readAt
export function createHeld({ reads, cache, feed, signal, answerWithinMs, ...options }: HeldOptions): Held {
  const { pollMs, log, onChange } = options
  const entries = new Map<string, Entry>()
  const forgotten = new Set<string>()
  const refresher = createRefresher<Entry>({
    work: load,
    isDone: (entry) => isCurrent(entry) || feed.troubled || entries.get(nameOf(entry)) !== entry,
    log,
    pollMs,
    signal,
  })

  function load(entry: Entry): Promise<void> {
    entry.loading ??= within(answerWithinMs, signal, (cut) => read(entry, cut)).finally(() => {
      entry.loading = undefined
    })
    return entry.loading
  }

  async function read(entry: Entry, cut: AbortSignal): Promise<void> {
    const readAt = Math.max(feed.cursor, entry.moved)
    const state = await stateOf(entry, cut)
    if ('revision' in state && forgotten.has(state.revision.digest)) throw overtaken(entry)
    // What was there once and is now unknown was taken away before the oldest event.
    const found = state.state === 'not-found' && entry.found ? { state: 'removed' as const } : state
    Object.assign(entry, { found, readAt, seq: readAt, asOf: feed.now() })
    onChange()
  }

  async function stateOf(entry: Entry, cut: AbortSignal): Promise<State> {
    const { kind, id } = entry
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const head = await reads.head(kind, id, cut)
      if (!('digest' in head)) return head
      const revision = await revisionOf(entry, head, cut)
      if (revision) return { state: head.state, revision }
    }
    throw overtaken(entry)
  }

  async function revisionOf(entry: Entry, head: Extract<Head, { digest: string }>, cut: AbortSignal) {
    const { kind, id, found } = entry
    const { state, version, digest } = head
    const held = found && 'revision' in found && found.revision.digest === digest ? found.revision : undefined
    const copy = held ?? (await cache.revision(kind, id, digest))
    if (copy) return { ...copy, version, state }
    const revision = await reads.revision(kind, id, { version, digest }, cut)
    if (revision) await cache.keep(revision)
    return revision
  }

  async function fromDisk(entry: Entry): Promise<void> {
    const known = (await cache.known()).get(nameOf(entry))
    if (!known || entry.found) return
    const { head, asOf, seq } = known
    if (!('digest' in head)) {
      Object.assign(entry, { found: head, asOf, seq })
      return
    }
    const revision = await cache.revision(entry.kind, entry.id, head.digest)
    if (!revision || entry.found) return
    const { state, version } = head
    Object.assign(entry, { found: { state, revision: { ...revision, version, state } }, asOf, seq })
  }

  function stalenessOf(entry: Entry): Staleness {
    const { asOf, seq } = entry
    if (!isCurrent(entry)) return { fresh: false, asOf, seq }
    const known = feed.asOf !== undefined && feed.asOf > asOf ? feed.asOf : asOf
    return { fresh: feed.isRecent(), asOf: known, seq: Math.max(seq, feed.cursor) }
  }

  function shown(entry: Entry): Found | undefined {
    return entry.found && { ...entry.found, staleness: stalenessOf(entry) }
  }

  /** From now on behind, as of then. */
  function outdate(entry: Entry, change: Partial<Entry>, then: Omit<Staleness, 'fresh'>): void {
    Object.assign(entry, change, isCurrent(entry) && then)
    refresher.ask(entry)
  }

  return {
    async find(kind, id) {
      const key = nameOf({ kind, id })
      const entry = entries.get(key) ?? { kind, id, moved: 0, readAt: -1, asOf: feed.now(), seq: 0 }
      entries.set(key, entry)
      if (feed.troubled && !entry.found) await fromDisk(entry)
      // While nobody answers, what is known is given at once; it is read again when somebody does.
      const wait = !(feed.troubled && entry.found)
      try {
        for (let attempt = 1; wait && !isCurrent(entry) && attempt <= ATTEMPTS; attempt++) await load(entry)
      } catch (error) {
        if (!signal.aborted) log(`${key} is not read: ${(error as Error).message}`)
        await fromDisk(entry)
      }
      const found = shown(entry)
      // Ids that mean nothing are not held: there is no end of them.
      if (found?.state === 'not-found' || !found) entries.delete(key)
      return found
    },
    peek(kind, id) {
      const entry = entries.get(nameOf({ kind, id }))
      return entry && shown(entry)
    },
    note(event) {
      const entry = entries.get(nameOf(event))
      if (entry && event.seq > entry.readAt && event.seq > entry.moved)
        outdate(entry, { moved: event.seq }, { asOf: event.at, seq: event.seq - 1 })
    },
    forget(digest) {
      forgotten.add(digest)
      for (const entry of entries.values())
        if (entry.found && 'revision' in entry.found && entry.found.revision.digest === digest) {
          entry.found = undefined
          refresher.ask(entry)
        }
    },
    lapse(seq) {
      for (const entry of entries.values()) {
        const { asOf, seq: known } = stalenessOf(entry)
        outdate(entry, { moved: seq, readAt: -1 }, { asOf, seq: known })
      }
    },
    refresh() {
      for (const entry of entries.values()) if (!isCurrent(entry)) refresher.ask(entry)
    },
    known() {
      const known = new Map<string, Known>()
      for (const [key, entry] of entries) {
        const head = entry.found && headOf(entry.found)
        if (!head) continue
        const { asOf, seq } = stalenessOf(entry)
        known.set(key, { head, asOf, seq })
      }
      return known
    },
  }
}

function overtaken({ kind, id }: Entry): Failure {
  return new Failure('REMOTE_FAILED', `${kind}/${id} moves faster than it can be read`, 'try again')
}

function headOf(found: State): Known['head'] | undefined {
  if ('revision' in found)
    return { state: found.state, version: found.revision.version, digest: found.revision.digest }
  return found.state === 'not-found' ? undefined : { state: found.state }
}
