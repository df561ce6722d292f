import { setMaxListeners } from 'node:events'
import type { SupabaseClient } from '@supabase/supabase-js'
import { Failure } from '../contract/failure.ts'
import { LARGEST_PAGE } from '../contract/protocol/events.ts'
import {
  type AgentAnswer,
  type Refused,
  refused,
  type TemplateAnswer,
  toAgent,
  toPublished,
} from './agent.ts'
import { type Cache, openCache } from './cache/open-cache.ts'
import type { Revision } from './connection/definition.ts'
import { openClient } from './connection/open-client.ts'
import { type Connecting, type ConnectOptions, checkOptions } from './connection/options.ts'
import { createReads, type Pin, type RegistryReads } from './connection/read-registry.ts'
import type { Staleness } from './definitions/entry.ts'
import { keepUp } from './definitions/keep-up.ts'
import { createHeld, type Held } from './definitions/live.ts'
import { createPinned, type FindPinned } from './definitions/pinned.ts'
import { createSaver } from './definitions/saver.ts'
import { createWithdrawn, watchWithdrawals } from './definitions/withdrawn.ts'
import { type Change, type ChangesOptions, followChanges, type Place } from './feed/changes.ts'
import { createFeed, type Feed } from './feed/feed.ts'
import { NO_NUDGES, type Nudges, openNudges } from './feed/nudges.ts'
import { within } from './feed/within.ts'
import { type LockedRegistry, lockPlan, type PlanLocks } from './lock.ts'

/** A registry as a runtime sees it: it always has an answer, which says how current it is. */
export interface WorkerRegistry {
  /** The live version, or the pinned one: from memory when nothing has moved, from disk when nobody can be asked. */
  agent(id: string, pin?: Pin): Promise<AgentAnswer>
  template(id: string, pin?: Pin): Promise<TemplateAnswer>
  /**
   * What happens after the event `since`, or from now on: each event once, in order, across disconnects. A definition
   * that is asked for after its event is what the event tells of, unless the registry cannot be read at that moment: then
   * it is the last known one, with `fresh: false`. Ends when the registry is closed.
   */
  changes(since?: number): AsyncIterable<Change>
  /** The last event that was taken into account: keep it to go on from there after a restart. */
  readonly cursor: number
  /** What a plan uses, for as long as it runs, wherever the registry moves. */
  lock(plan: PlanLocks): Promise<LockedRegistry>
  /** Ends all that waits and follows, and writes what is known to disk. */
  close(): Promise<void>
}

/** The least time between two writes of what is known. */
const SAVE_EVERY_MS = 1_000

/**
 * Connects to a registry and keeps up with it until it is closed. A registry that cannot be reached is no failure as
 * long as the folder holds anything of it.
 * @throws Failure CONFIG for an option that cannot be right; REMOTE_FAILED, REMOTE_DENIED or NOT_FOUND (of a preview)
 * when there is neither a registry nor anything in `cacheDir`
 */
export async function connectRegistry(options: ConnectOptions): Promise<WorkerRegistry> {
  const settings = checkOptions(options)
  const { env, pollMs, log } = settings
  const ending = new AbortController()
  const { signal } = ending
  const { feed, cache, client, reads } = await openSources(settings, signal)
  const { held, withdrawn, saver, findPinned, watched } = createDefinitions(
    { reads, cache, feed, signal },
    settings,
  )
  // A copy on disk may have been withdrawn while nothing listened.
  if (!feed.troubled) await withdrawn.load()
  const nudges = nudgesOf(client, settings)
  const following = followingOf({ reads, cache }, nudges.subscribe, settings, signal)
  const onPage = () => {
    // Production shines through a preview, whose feed does not tell what happens there.
    if (env !== undefined) watched.lapse(feed.cursor)
    withdrawn.catchUp()
    saver.ask(pollMs)
  }
  const keeping = keepUp({ following, feed, held: watched, log, onPage })
  void cache.sweep()
  return {
    ...answersOf(held, findPinned, feed),
    changes: (since) => noting(followChanges({ ...following, ...placeOf(feed, since) }), watched),
    get cursor() {
      return feed.cursor
    },
    lock: (plan) => lockPlan(plan, findPinned, feed, withdrawn),
    async close() {
      ending.abort(new Failure('REMOTE_FAILED', 'the registry was closed', 'connect again'))
      await Promise.all([nudges.close(), keeping])
      await saver.flush()
    },
  }
}

/** What definitions are read from; the first answer has come, or the folder stands in for it. */
interface Sources {
  reads: RegistryReads
  cache: Cache
  feed: Feed
}

async function openSources(
  settings: Connecting,
  signal: AbortSignal,
): Promise<Sources & { client: SupabaseClient }> {
  const { url, env, cacheDir: dir, drafts, pollMs, answerWithinMs, log } = settings
  const feed = createFeed(2 * pollMs + answerWithinMs)
  const cache = await openCache({ dir, url, env, drafts, log })
  const client = await openClient({ ...settings, onTime: feed.noteTime })
  const reads = createReads(client, drafts, url)
  // Each read that is under way listens to its end, and there may be many: Node would warn the host of a leak.
  setMaxListeners(0, signal)
  await meet(reads, cache, feed, settings)
  return { reads, cache, feed, client }
}

/** The live definitions, the pinned ones and the withdrawn ones; what is known of them is saved when it changes. */
function createDefinitions(
  { feed, ...sources }: Sources & { signal: AbortSignal },
  { drafts, pollMs, answerWithinMs, log }: Connecting,
) {
  const { cache } = sources
  const shared = { ...sources, answerWithinMs, log }
  const withdrawn = createWithdrawn({
    ...shared,
    drop(digest) {
      held.forget(digest)
      void cache.drop(digest)
    },
  })
  const held: Held = createHeld({ ...shared, feed, pollMs, onChange: () => saver.ask(SAVE_EVERY_MS) })
  const saver = createSaver(async () => {
    if (!(await cache.remember(held.known())) || feed.troubled) return
    // Only the registry knows whether the folder is ahead, or from before a backup was restored.
    const { signal } = sources
    const place = await within(answerWithinMs, signal, (cut) => whereIs(sources, cut)).catch(() => {})
    if (place) await cache.remember(held.known())
  })
  const findPinned = createPinned({ ...shared, held, withdrawn, drafts })
  return { held, withdrawn, saver, findPinned, watched: watchWithdrawals(held, withdrawn) }
}

/** The first answer, or what the folder has. */
async function meet(reads: RegistryReads, cache: Cache, feed: Feed, settings: Connecting): Promise<void> {
  const { answerWithinMs, log } = settings
  try {
    const signal = new AbortController().signal
    const { cursor, mark } = await within(answerWithinMs, signal, (cut) => whereIs({ reads, cache }, cut))
    feed.confirm(cursor, mark)
  } catch (error) {
    const known = [...(await cache.known()).values()]
    if (known.length === 0) throw error
    log(`continuing with what is known: ${(error as Error).message}`)
    feed.trouble(Math.max(...known.map(({ seq }) => seq)))
  }
}

/** Where the registry is. What the folder has from beyond that was lost when a backup was restored. */
async function whereIs({ reads, cache }: Pick<Sources, 'reads' | 'cache'>, cut: AbortSignal): Promise<Place> {
  const before = await cache.known()
  const { cursor, mark } = await reads.page('now', cut)
  await cache.settle(before, cursor)
  return { cursor, mark }
}

/** Where somebody begins who has seen everything up to `since`; only the place that is known has a mark. */
function placeOf({ cursor, mark }: Feed, since = cursor): { since: number; mark: string | null } {
  return { since, mark: since === cursor ? mark : null }
}

function followingOf(
  { reads, cache }: Pick<Sources, 'reads' | 'cache'>,
  nudges: ChangesOptions['nudges'],
  { pollMs, answerWithinMs }: Connecting,
  signal: AbortSignal,
): Omit<ChangesOptions, 'since' | 'mark'> {
  return {
    page: reads.page,
    now: (cut) => whereIs({ reads, cache }, cut),
    nudges,
    limit: LARGEST_PAGE,
    pollMs,
    answerWithinMs,
    signal,
  }
}

/** A preview has no channel of its own; that it is asked now and then is enough. */
function nudgesOf(client: SupabaseClient, settings: Connecting): Nudges {
  return settings.env === undefined ? openNudges(client, isPublisher(settings)) : NO_NUDGES
}

function isPublisher({ key, accessToken, drafts }: Connecting): boolean {
  return drafts || accessToken !== undefined || key.startsWith('sb_secret_')
}

function answersOf(
  held: Held,
  findPinned: FindPinned,
  feed: Feed,
): Pick<WorkerRegistry, 'agent' | 'template'> {
  async function find<T>(
    kind: string,
    id: string,
    { version, digest }: Pin,
    show: (revision: Revision, staleness: Staleness) => T,
  ): Promise<T | Refused> {
    if (version !== undefined || digest !== undefined) {
      const found = await findPinned(kind, id, { version, digest })
      if (found.state !== 'found') return refused(kind, id, found.state)
      // A content never goes out of date.
      return show(found.revision, { fresh: true, asOf: feed.now(), seq: feed.cursor })
    }
    const found = await held.find(kind, id)
    if (!found) return refused(kind, id, 'unavailable')
    if (!('revision' in found)) return refused(kind, id, found.state, found.staleness)
    return show(found.revision, found.staleness)
  }
  return {
    agent: (id, pin = {}) =>
      find('agents', id, pin, (revision, staleness) => ({ ok: true, agent: toAgent(revision, staleness) })),
    template: (id, pin = {}) =>
      find('templates', id, pin, (one, staleness) => ({ ok: true, template: toPublished(one, staleness) })),
  }
}

/** What the taker has been told counts for whatever it asks next. */
async function* noting(
  changes: AsyncGenerator<Change, void, undefined>,
  held: Held,
): AsyncGenerator<Change, void, undefined> {
  for await (const change of changes) {
    if (change.type === 'resync') held.lapse(change.seq)
    else held.note(change)
    yield change
  }
}
