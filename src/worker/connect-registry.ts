import { setMaxListeners } from 'node:events'
import type { SupabaseClient } from '@supabase/supabase-js'
import { Failure } from '../contract/failure.ts'
import { LARGEST_PAGE } from '../contract/protocol/events.ts'
import { type Answers, createAnswers, createFind } from './answers.ts'
import { type Cache, openCache } from './cache/open-cache.ts'
import { openClient } from './connection/open-client.ts'
import { type Connecting, type ConnectOptions, checkOptions } from './connection/options.ts'
import { createReads, type RegistryReads } from './connection/read-registry.ts'
import { createIsDisabled } from './definitions/disabled.ts'
import { keepUp } from './definitions/keep-up.ts'
import { createLiveDefinitions, type LiveDefinitions } from './definitions/live-definitions.ts'
import { createPinned } from './definitions/pinned.ts'
import { createSaver } from './definitions/saver.ts'
import { createWithdrawn, watchWithdrawals } from './definitions/withdrawn.ts'
import { type Change, type ChangesOptions, type FeedPlace, followChanges } from './feed/changes.ts'
import { createFeed, type WorkerFeed } from './feed/feed.ts'
import { NO_WAKEUPS, openWakeups, type Wakeups } from './feed/wakeups.ts'
import { within } from './feed/within.ts'
import { type LockedRegistry, lockPlan, type PlanLocks } from './lock-plan.ts'

/** A registry as a runtime uses it. Every call is answered, and each answer shows how current it is. */
export interface WorkerRegistry extends Answers {
  /**
   * Events after `since`, or from now on: each event once, in order, across disconnects. A definition that is read
   * after its event reflects that event, unless the registry cannot be read at that moment: then it is the last known
   * one, with `fresh: false`. Ends when the registry is closed.
   */
  changes(since?: number): AsyncIterable<Change>
  /** Number of the last event that was applied. Store it to continue from there after a restart. */
  readonly cursor: number
  /** Fixes what a plan uses for as long as it runs, whatever changes in the registry. */
  lock(plan: PlanLocks): Promise<LockedRegistry>
  /** Ends all waiting calls and feeds, and writes the known states to disk. */
  close(): Promise<void>
}

/** The least time between two writes of the known states, milliseconds. */
const SAVE_EVERY_MS = 1_000

/**
 * Connects to a registry and follows it until it is closed. An unreachable registry is not a failure while `cacheDir`
 * holds states of an earlier connection.
 * @throws Failure CONFIG for an invalid option; REMOTE_FAILED, REMOTE_DENIED or NOT_FOUND (of a preview) when the
 * registry does not answer and `cacheDir` holds nothing
 */
export async function connectRegistry(options: ConnectOptions): Promise<WorkerRegistry> {
  const settings = checkOptions(options)
  const { env, readers, pollMs, log } = settings
  const ending = new AbortController()
  const { signal } = ending
  const { feed, cache, client, reads } = await openSources(settings, signal)
  const { definitions, withdrawn, saver, findPinned, isDisabled, watched } = createDefinitions(
    { reads, cache, feed, signal },
    settings,
  )
  // A revision on disk may have been withdrawn while no worker was connected.
  if (!feed.troubled) await withdrawn.load()
  const wakeups = createWakeups(client, settings)
  const following = buildChangesOptions({ reads, cache }, wakeups.subscribe, settings, signal)
  const onPage = () => {
    // Definitions that a preview does not change come from production, and the preview's feed has no events of those.
    if (env !== undefined) watched.invalidateAfter(feed.cursor)
    withdrawn.catchUp()
    saver.ask(pollMs)
  }
  const keeping = keepUp({ following, feed, definitions: watched, log, onPage })
  void cache.sweep()
  return {
    ...createAnswers(createFind({ definitions, findPinned, feed }), readers),
    changes: (since) => applied(followChanges({ ...following, ...buildPlace(feed, since) }), watched),
    get cursor() {
      return feed.cursor
    },
    lock: (plan) => lockPlan(plan, { findPinned, isDisabled, feed, withdrawn, readers }),
    async close() {
      ending.abort(new Failure('REMOTE_FAILED', 'the registry was closed', 'connect again'))
      await Promise.all([wakeups.close(), keeping])
      await saver.flush()
    },
  }
}

/** What definitions are read from, after the first answer or with the folder in its place. */
interface WorkerSources {
  reads: RegistryReads
  cache: Cache
  feed: WorkerFeed
}

async function openSources(
  settings: Connecting,
  signal: AbortSignal,
): Promise<WorkerSources & { client: SupabaseClient }> {
  const { url, env, cacheDir: dir, drafts, readers, pollMs, answerWithinMs, log } = settings
  const feed = createFeed(2 * pollMs + answerWithinMs, log)
  const cache = await openCache({ dir, url, env, drafts, readers, log })
  const client = await openClient({ ...settings, onTime: feed.noteTime })
  const reads = createReads(client, drafts, url, readers)
  // Every read under way adds an abort listener, and there may be many: Node.js would print a leak warning.
  setMaxListeners(0, signal)
  await readFirstPage(reads, cache, feed, settings)
  return { reads, cache, feed, client }
}

/** Creates the holders of live, pinned and withdrawn definitions; changes of what they know are saved. */
function createDefinitions(
  { feed, ...sources }: WorkerSources & { signal: AbortSignal },
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
  const saver = createSaver(async () => {
    if (!(await cache.remember(definitions.snapshot())) || feed.troubled) return
    // Only the registry knows whether the folder is ahead, or from before a backup was restored. It is asked also by a worker
    // that is being closed, whose folder the next one begins with.
    const { signal } = new AbortController()
    const place = await within(answerWithinMs, signal, (cut) => whereIs(sources, cut)).catch(() => {})
    if (place) await cache.remember(definitions.snapshot())
  })
  const isDisabled = createIsDisabled({ ...shared, definitions, feed })
  const findPinned = createPinned({ ...shared, definitions, isDisabled, withdrawn, drafts })
  const watched = watchWithdrawals(definitions, withdrawn)
  return { definitions, withdrawn, saver, findPinned, isDisabled, watched }
}

/** Waits for the first answer; when it fails, continues from the folder or throws if the folder is empty. */
async function readFirstPage(
  reads: RegistryReads,
  cache: Cache,
  feed: WorkerFeed,
  settings: Connecting,
): Promise<void> {
  const { answerWithinMs } = settings
  try {
    const signal = new AbortController().signal
    const { cursor, mark } = await within(answerWithinMs, signal, (cut) => whereIs({ reads, cache }, cut))
    feed.confirm(cursor, mark)
  } catch (error) {
    const states = [...(await cache.readKnown()).values()]
    if (states.length === 0) throw error
    const cursor = states.reduce((last, { seq }) => Math.max(last, seq), 0)
    feed.trouble(error as Error, cursor)
  }
}

/** The registry's last event. Later states in the folder were lost when a backup was restored, and are dropped. */
async function whereIs(
  { reads, cache }: Pick<WorkerSources, 'reads' | 'cache'>,
  cut: AbortSignal,
): Promise<FeedPlace> {
  const before = await cache.readKnown()
  const { cursor, mark } = await reads.page('now', cut)
  await cache.settle(before, cursor)
  return { cursor, mark }
}

/** The start of a feed whose consumer has seen everything up to `since`; only the feed's own cursor has a mark. */
function buildPlace({ cursor, mark }: WorkerFeed, since = cursor): { since: number; mark: string | null } {
  return { since, mark: since === cursor ? mark : null }
}

function buildChangesOptions(
  { reads, cache }: Pick<WorkerSources, 'reads' | 'cache'>,
  wakeups: ChangesOptions['wakeups'],
  { pollMs, answerWithinMs }: Connecting,
  signal: AbortSignal,
): Omit<ChangesOptions, 'since' | 'mark'> {
  return {
    page: reads.page,
    now: (cut) => whereIs({ reads, cache }, cut),
    wakeups,
    limit: LARGEST_PAGE,
    pollMs,
    answerWithinMs,
    signal,
  }
}

/** A preview has no Realtime channel; polling is enough for it. */
function createWakeups(client: SupabaseClient, settings: Connecting): Wakeups {
  return settings.env === undefined ? openWakeups(client, isPublisher(settings)) : NO_WAKEUPS
}

function isPublisher({ key, accessToken, drafts }: Connecting): boolean {
  return drafts || accessToken !== undefined || key.startsWith('sb_secret_')
}

/** Applies each change before it is yielded, so that the consumer's next read reflects it. */
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
