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
import type { WorkerRevision } from './connection/definition.ts'
import { openClient } from './connection/open-client.ts'
import { type Connecting, type ConnectOptions, checkOptions } from './connection/options.ts'
import { createReads, type Pin, type RegistryReads } from './connection/read-registry.ts'
import type { Staleness } from './definitions/entry.ts'
import { keepUp } from './definitions/keep-up.ts'
import { createLiveDefinitions, type LiveDefinitions } from './definitions/live-definitions.ts'
import { createPinned, type FindPinned } from './definitions/pinned.ts'
import { createSaver } from './definitions/saver.ts'
import { createWithdrawn, watchWithdrawals } from './definitions/withdrawn.ts'
import { type Change, type ChangesOptions, followChanges } from './feed/changes.ts'
import { createFeed, type Feed } from './feed/feed.ts'
import { NO_WAKEUPS, openWakeups, type Wakeups } from './feed/wakeups.ts'
import { within } from './feed/within.ts'
import { type LockedRegistry, lockPlan, type PlanLocks } from './lock-plan.ts'

/** A registry as a runtime sees it: it always has an answer, which says how current it is. */
export interface WorkerRegistry {
  /** The live version, or the pinned one: from memory when nothing has moved, from disk when nobody can be asked. */
  agent(id: string, pin?: Pin): Promise<AgentAnswer>
  template(id: string, pin?: Pin): Promise<TemplateAnswer>
  /**
   * What happens after the event `since`, or from now on: each event once, in order, across disconnects. Whoever asks
   * for a definition after its event gets what the event tells of. Ends when the registry is closed.
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
  const { definitions, withdrawn, saver, findPinned, watched } = createDefinitions(
    { reads, cache, feed, signal },
    settings,
  )
  // A copy on disk may have been withdrawn while nothing listened.
  if (!feed.troubled) await withdrawn.load()
  const wakeups = createWakeups(client, settings)
  const following = followingOf(reads, wakeups.subscribe, settings, signal)
  const onPage = () => {
    // Production shines through a preview, whose feed does not tell what happens there.
    if (env !== undefined) watched.invalidateAfter(feed.cursor)
    withdrawn.catchUp()
    saver.ask(pollMs)
  }
  const keeping = keepUp({ following, feed, definitions: watched, log, onPage })
  void cache.sweep()
  return {
    ...answersOf(definitions, findPinned, feed),
    changes: (since) => applied(followChanges({ ...following, since: since ?? feed.cursor }), watched),
    get cursor() {
      return feed.cursor
    },
    lock: (plan) => lockPlan(plan, findPinned, feed, withdrawn),
    async close() {
      ending.abort(new Failure('REMOTE_FAILED', 'the registry was closed', 'connect again'))
      await Promise.all([wakeups.close(), keeping])
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
  await readFirstPage(reads, cache, feed, settings)
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
      definitions.forget(digest)
      void cache.drop(digest)
    },
  })
  const definitions: LiveDefinitions = createLiveDefinitions({
    ...shared,
    feed,
    pollMs,
    onChange: () => saver.ask(SAVE_EVERY_MS),
  })
  const saver = createSaver(() => cache.remember(definitions.snapshot()))
  const findPinned = createPinned({ ...shared, definitions, withdrawn, drafts })
  return { definitions, withdrawn, saver, findPinned, watched: watchWithdrawals(definitions, withdrawn) }
}

/** The first answer, or what the folder has. */
async function readFirstPage(
  reads: RegistryReads,
  cache: Cache,
  feed: Feed,
  settings: Connecting,
): Promise<void> {
  const { answerWithinMs, log } = settings
  try {
    const signal = new AbortController().signal
    feed.confirm((await within(answerWithinMs, signal, (cut) => reads.page('now', cut))).cursor)
  } catch (error) {
    const known = [...(await cache.known()).values()]
    if (known.length === 0) throw error
    log(`continuing with what is known: ${(error as Error).message}`)
    feed.trouble(Math.max(...known.map(({ seq }) => seq)))
  }
}

function followingOf(
  reads: RegistryReads,
  wakeups: ChangesOptions['wakeups'],
  { pollMs, answerWithinMs }: Connecting,
  signal: AbortSignal,
): Omit<ChangesOptions, 'since'> {
  return {
    page: reads.page,
    now: async (cut) => (await reads.page('now', cut)).cursor,
    wakeups,
    limit: LARGEST_PAGE,
    pollMs,
    answerWithinMs,
    signal,
  }
}

/** A preview has no channel of its own; that it is asked now and then is enough. */
function createWakeups(client: SupabaseClient, settings: Connecting): Wakeups {
  return settings.env === undefined ? openWakeups(client, isPublisher(settings)) : NO_WAKEUPS
}

function isPublisher({ key, accessToken, drafts }: Connecting): boolean {
  return drafts || accessToken !== undefined || key.startsWith('sb_secret_')
}

function answersOf(
  definitions: LiveDefinitions,
  findPinned: FindPinned,
  feed: Feed,
): Pick<WorkerRegistry, 'agent' | 'template'> {
  async function find<T>(
    kind: string,
    id: string,
    { version, digest }: Pin,
    show: (revision: WorkerRevision, staleness: Staleness) => T,
  ): Promise<T | Refused> {
    if (version !== undefined || digest !== undefined) {
      const found = await findPinned(kind, id, { version, digest })
      if (found.state !== 'found') return refused(kind, id, found.state)
      // A content never goes out of date.
      return show(found.revision, { fresh: true, asOf: feed.now(), seq: feed.cursor })
    }
    const found = await definitions.find(kind, id)
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
async function* applied(
  changes: AsyncGenerator<Change, void, undefined>,
  definitions: LiveDefinitions,
): AsyncGenerator<Change, void, undefined> {
  for await (const change of changes) {
    if (change.type === 'resync') definitions.invalidateAfter(change.seq)
    else definitions.apply(change)
    yield change
  }
}
