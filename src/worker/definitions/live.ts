import { nameOf } from '../../contract/name.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'
import type { Known } from '../cache/known.ts'
import type { Feed } from '../feed/feed.ts'
import { within } from '../feed/within.ts'
import {
  type Entry,
  type Found,
  hasDigest,
  isCurrent,
  knownOf,
  type Staleness,
  shown,
  stalenessOf,
} from './entry.ts'
import { ATTEMPTS, fillFromDisk, overtaken, readState, type Sources } from './read-state.ts'
import { createRefresher } from './refresher.ts'

/** The definitions that were asked for, kept up to date. */
export interface Held {
  /** Undefined when nothing is known and the registry does not say. Never waits longer than a read may take. */
  find(kind: string, id: string): Promise<Found | undefined>
  /** What is held at this moment. */
  peek(kind: string, id: string): Found | undefined
  /** Takes an event into account: what was read before it is not current any more. */
  note(event: RegistryEvent): void
  /** Nothing of a content is given any more, and nothing read meanwhile is kept. */
  forget(digest: string): void
  /**
   * Everything has to be read again: events up to `seq` were not seen. `lost`: what is held may be of a history that the
   * registry no longer has, so until it is read again it counts less than what other workers know.
   */
  lapse(seq: number, lost?: boolean): void
  /** Reads again what is behind. */
  refresh(): void
  /** Everything that is held, for the disk. */
  known(): Map<string, Known>
}

export interface HeldOptions extends Sources {
  feed: Feed
  signal: AbortSignal
  answerWithinMs: number
  pollMs: number
  log: (line: string) => void
  /** There is something new to remember. */
  onChange: () => void
}

/** The entries by `kind/id`, and what loads them and what reads them again later. */
interface Shelf extends HeldOptions {
  entries: Map<string, Entry>
  loader: Loader
  refresher: ReturnType<typeof createRefresher<Entry>>
}

export function createHeld(options: HeldOptions): Held {
  const { feed } = options
  const entries = new Map<string, Entry>()
  const loader = createLoader(options)
  const refresher = createRefresher<Entry>({
    ...options,
    work: loader.load,
    isDone: (entry) => isCurrent(entry) || feed.troubled || entries.get(nameOf(entry)) !== entry,
  })
  const shelf: Shelf = { ...options, entries, loader, refresher }
  return {
    find: (kind, id) => find(shelf, kind, id),
    peek(kind, id) {
      const entry = entries.get(nameOf({ kind, id }))
      return entry && shown(entry, feed)
    },
    ...invalidationsOf(shelf),
    refresh() {
      for (const entry of entries.values()) if (!isCurrent(entry)) refresher.ask(entry)
    },
    known: () => knownOf(entries, feed),
  }
}

interface Loader {
  /** Reads an entry from the registry; who asks while that is under way waits for the same read. */
  load(entry: Entry): Promise<void>
  /** No read that is under way may bring this content back. */
  refuse(digest: string): void
  /** No read that is under way counts: it may have been answered before a backup was restored. */
  outrun(): void
}

function createLoader({ reads, cache, feed, signal, answerWithinMs, onChange }: HeldOptions): Loader {
  const refused = new Set<string>()
  let era = 0
  async function read(entry: Entry, cut: AbortSignal): Promise<void> {
    const readAt = Math.max(feed.cursor, entry.moved)
    const began = era
    const state = await readState({ reads, cache }, entry, cut)
    if (era !== began) throw overtaken(entry)
    if ('revision' in state && refused.has(state.revision.digest)) throw overtaken(entry)
    // What was there once and is now unknown was taken away before the oldest event.
    const found = state.state === 'not-found' && entry.found ? { state: 'removed' as const } : state
    Object.assign(entry, { found, readAt, seq: readAt, asOf: feed.now() })
    onChange()
  }
  return {
    load(entry) {
      entry.loading ??= within(answerWithinMs, signal, (cut) => read(entry, cut)).finally(() => {
        entry.loading = undefined
      })
      return entry.loading
    },
    refuse: (digest) => void refused.add(digest),
    outrun: () => void era++,
  }
}

async function find(shelf: Shelf, kind: string, id: string): Promise<Found | undefined> {
  const { entries, feed, cache, loader, signal, log } = shelf
  const key = nameOf({ kind, id })
  const entry = entries.get(key) ?? { kind, id, moved: 0, readAt: -1, asOf: feed.now(), seq: 0 }
  entries.set(key, entry)
  if (feed.troubled && !entry.found) await fillFromDisk(cache, entry)
  // While nobody answers, what is known is given at once; it is read again when somebody does.
  const wait = !(feed.troubled && entry.found)
  try {
    for (let attempt = 1; wait && !isCurrent(entry) && attempt <= ATTEMPTS; attempt++)
      await loader.load(entry)
  } catch (error) {
    if (!signal.aborted) log(`${key} is not read: ${(error as Error).message}`)
    await fillFromDisk(cache, entry)
  }
  const found = shown(entry, feed)
  // Ids that mean nothing are not held: there is no end of them.
  if (found?.state === 'not-found' || !found) entries.delete(key)
  return found
}

/** What makes an entry out of date. */
function invalidationsOf({
  entries,
  feed,
  loader,
  refresher,
}: Shelf): Pick<Held, 'note' | 'forget' | 'lapse'> {
  /** Makes an entry behind; until it is read again, it counts as of `then`. */
  function outdate(entry: Entry, change: Partial<Entry>, then: Omit<Staleness, 'fresh'>): void {
    Object.assign(entry, change, isCurrent(entry) && then)
    refresher.ask(entry)
  }
  return {
    note(event) {
      const entry = entries.get(nameOf(event))
      if (entry && event.seq > entry.readAt && event.seq > entry.moved)
        outdate(entry, { moved: event.seq }, { asOf: event.at, seq: event.seq - 1 })
    },
    forget(digest) {
      loader.refuse(digest)
      for (const entry of entries.values())
        if (hasDigest(entry, digest)) {
          entry.found = undefined
          refresher.ask(entry)
        }
    },
    lapse(seq, lost = false) {
      if (lost) loader.outrun()
      for (const entry of entries.values()) {
        const { asOf, seq: known } = stalenessOf(entry, feed)
        outdate(entry, { moved: seq, readAt: -1, ...(lost && { seq: 0 }) }, { asOf, seq: lost ? 0 : known })
      }
    },
  }
}
