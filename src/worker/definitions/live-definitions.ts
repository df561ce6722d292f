import { nameOf } from '../../contract/name.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'
import type { KnownState } from '../cache/known-state.ts'
import type { WorkerFeed } from '../feed/feed.ts'
import { within } from '../feed/within.ts'
import {
  type CurrentState,
  collectStates,
  computeStaleness,
  currentState,
  type DefinitionEntry,
  hasDigest,
  isCurrent,
  type Staleness,
} from './entry.ts'
import { ATTEMPTS, fillFromDisk, overtaken, readState, type StateSources } from './read-state.ts'
import { createRefresher } from './refresher.ts'

/** The definitions that callers have read, kept up to date. */
export interface LiveDefinitions {
  /**
   * The state of a definition; undefined when nothing is known and the registry does not answer. Waits no longer than
   * one read may take.
   */
  find(kind: string, id: string): Promise<CurrentState | undefined>
  /** The state in memory, without a read. */
  peek(kind: string, id: string): CurrentState | undefined
  /** Applies an event; later reads reflect it. */
  apply(event: RegistryEvent): void
  /** Forgets a content; a read that is under way cannot bring it back. */
  forget(digest: string): void
  /**
   * Marks everything out of date: events up to `seq` were missed. `reset`: the entries may come from a history that the
   * registry no longer has, so until they are read again they rank below the states that other workers know.
   */
  invalidateAfter(seq: number, reset?: boolean): void
  /** Reads entries that are out of date again. */
  refresh(): void
  /** All known states, for the disk. */
  snapshot(): Map<string, KnownState>
}

export interface LiveDefinitionsOptions extends StateSources {
  feed: WorkerFeed
  signal: AbortSignal
  answerWithinMs: number
  pollMs: number
  log: (line: string) => void
  /** Called when the known states have changed. */
  onChange: () => void
}

/** The entries by `kind/id`, with the parts that load and reload them. */
interface DefinitionShelf extends LiveDefinitionsOptions {
  entries: Map<string, DefinitionEntry>
  loader: Loader
  refresher: ReturnType<typeof createRefresher<DefinitionEntry>>
}

export function createLiveDefinitions(options: LiveDefinitionsOptions): LiveDefinitions {
  const { feed } = options
  const entries = new Map<string, DefinitionEntry>()
  const loader = createLoader(options)
  const refresher = createRefresher<DefinitionEntry>({
    ...options,
    work: loader.load,
    isDone: (entry) => isCurrent(entry) || feed.troubled || entries.get(nameOf(entry)) !== entry,
  })
  const shelf: DefinitionShelf = { ...options, entries, loader, refresher }
  return {
    find: (kind, id) => find(shelf, kind, id),
    peek(kind, id) {
      const entry = entries.get(nameOf({ kind, id }))
      return entry && currentState(entry, feed)
    },
    ...createInvalidations(shelf),
    refresh() {
      for (const entry of entries.values()) if (!isCurrent(entry)) refresher.ask(entry)
    },
    snapshot: () => collectStates(entries, feed),
  }
}

interface Loader {
  /** Reads an entry from the registry; calls during a read share that read. */
  load(entry: DefinitionEntry): Promise<void>
  /** Keeps reads that are under way from bringing this content back. */
  refuse(digest: string): void
  /** No read that is under way counts: it may have been answered before a backup was restored. */
  outrun(): void
}

function createLoader({
  reads,
  cache,
  feed,
  signal,
  answerWithinMs,
  onChange,
}: LiveDefinitionsOptions): Loader {
  const refused = new Set<string>()
  let era = 0
  async function read(entry: DefinitionEntry, cut: AbortSignal): Promise<void> {
    const readAt = Math.max(feed.cursor, entry.moved)
    const began = era
    const state = await readState({ reads, cache }, entry, cut)
    if (era !== began) throw overtaken(entry)
    if ('revision' in state && refused.has(state.revision.digest)) throw overtaken(entry)
    // A definition that was known and is now unknown was removed before the oldest event that is kept.
    const latest = state.state === 'not-found' && entry.state ? { state: 'removed' as const } : state
    Object.assign(entry, { state: latest, readAt, seq: readAt, asOf: feed.now() })
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

async function find(shelf: DefinitionShelf, kind: string, id: string): Promise<CurrentState | undefined> {
  const { entries, feed, cache, loader, signal, log } = shelf
  const key = nameOf({ kind, id })
  const entry = entries.get(key) ?? { kind, id, moved: 0, readAt: -1, asOf: feed.now(), seq: 0 }
  entries.set(key, entry)
  if (feed.troubled && !entry.state) await fillFromDisk(cache, entry)
  // While the registry does not answer, the known state is given at once; the refresher reads it again later.
  const wait = !(feed.troubled && entry.state)
  try {
    for (let attempt = 1; wait && !isCurrent(entry) && attempt <= ATTEMPTS; attempt++)
      await loader.load(entry)
  } catch (error) {
    if (!signal.aborted) log(`${key} is not read: ${(error as Error).message}`)
    await fillFromDisk(cache, entry)
  }
  const current = currentState(entry, feed)
  // Unknown ids are not kept in memory: a caller can ask for any number of them.
  if (current?.state === 'not-found' || !current) entries.delete(key)
  return current
}

/** The calls that mark entries out of date. */
function createInvalidations({
  entries,
  feed,
  loader,
  refresher,
}: DefinitionShelf): Pick<LiveDefinitions, 'apply' | 'forget' | 'invalidateAfter'> {
  /** Marks an entry stale; until it is read again, answers carry the time and event of `then`. */
  function outdate(
    entry: DefinitionEntry,
    change: Partial<DefinitionEntry>,
    then: Omit<Staleness, 'fresh'>,
  ): void {
    Object.assign(entry, change, isCurrent(entry) && then)
    refresher.ask(entry)
  }
  return {
    apply(event) {
      const entry = entries.get(nameOf(event))
      if (entry && event.seq > entry.readAt && event.seq > entry.moved)
        outdate(entry, { moved: event.seq }, { asOf: event.at, seq: event.seq - 1 })
    },
    forget(digest) {
      loader.refuse(digest)
      for (const entry of entries.values())
        if (hasDigest(entry, digest)) {
          entry.state = undefined
          refresher.ask(entry)
        }
    },
    invalidateAfter(seq, reset = false) {
      if (reset) loader.outrun()
      for (const entry of entries.values()) {
        const { asOf, seq: last } = computeStaleness(entry, feed)
        outdate(entry, { moved: seq, readAt: -1, ...(reset && { seq: 0 }) }, { asOf, seq: reset ? 0 : last })
      }
    },
  }
}
