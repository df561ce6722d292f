import { type QueryClient, useIsFetching, useQueryClient } from '@tanstack/preact-query'
import { useEffect, useState } from 'preact/hooks'
import { prepend } from '../../model/feed/event-log.ts'
import { serverNow } from '../clock.ts'
import { useMoment } from '../moment.ts'
import { useSession } from '../session.ts'
import { createStore, useStore } from '../store.ts'
import { concerns } from './concerns.ts'
import type { EventAge, Reports } from './event-reader.ts'
import type { Channel, FeedEvent } from './events.ts'
import type { FeedState } from './tabs.ts'

/** What this tab knows of the changes of the registry. */
export interface Feed {
  state: FeedState
  /** When the server showed its last sign of life, in ms since 1970. */
  heardAt?: number
  /** The last events, newest first. */
  events: readonly FeedEvent[]
  /** How often events were lost and everything was read again. */
  resets: number
}

const EMPTY: Feed = { state: 'off', events: [], resets: 0 }
/** Events that are kept to be shown. */
const MOST = 1000

const store = createStore(EMPTY)
type Listener = (events: readonly FeedEvent[], age: EventAge) => void

const listeners = new Set<Listener>()

/** The feed, for components. */
export const useFeed = (): Feed => useStore(store)

/** The last events, newest first. */
export const recentEvents = (): readonly FeedEvent[] => store.get().events

/** Whether changes arrive by themselves, so that nothing has to be asked for again and again. */
export const hearsOfChanges = (): boolean => store.get().state === 'live'

/** Calls a listener with the events that arrive, but for old ones. The returned function ends that. */
export function onNews(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Follows the feed of the shown environment, once the page has what it shows. */
export function useLiveFeed(): void {
  const client = useQueryClient()
  const { isKnown, publisher } = useSession()
  const { env } = useMoment()
  const isSettled = useIsFetching() === 0 && isKnown
  const [hasBegun, setBegun] = useState(false)
  useEffect(() => {
    if (isSettled) setBegun(true)
  }, [isSettled])
  useEffect(() => {
    if (!hasBegun) return undefined
    store.set(EMPTY)
    return follow({ env, publisher }, report(client))
  }, [hasBegun, client, env, publisher])
}

/** Loads what follows the feed, which the first page does without, and begins. The returned function ends it. */
function follow(channel: Channel, reports: Reports): () => void {
  let isWanted = true
  let end = () => {}
  import('./follow.ts')
    .then(({ followWhilePresent }) => {
      if (isWanted) end = followWhilePresent(channel, reports)
    })
    // Without it each query asks again by itself, and shows whether the server answers.
    .catch(() => {})
  return () => {
    isWanted = false
    end()
  }
}

/** Brings what was read up to date: of the definitions of the events, and nothing else. */
function report(client: QueryClient): Reports {
  return {
    onEvents(events, age) {
      store.set({ ...store.get(), events: prepend(store.get().events, events, MOST) })
      if (age === 'old') return
      const isOld = ({ queryKey, state }: { queryKey: readonly unknown[]; state: { data: unknown } }) =>
        events.some((event) => concerns(event, queryKey, state.data))
      void client.invalidateQueries({ predicate: isOld })
      for (const listener of listeners) listener(events, age)
    },
    onReset(isLoss) {
      store.set({ ...store.get(), events: [], resets: store.get().resets + (isLoss ? 1 : 0) })
      void client.invalidateQueries()
    },
    onState(state) {
      const before = store.get().state
      store.set({ ...store.get(), state })
      // Without a feed each query asks again by itself, and shows whether the server answers.
      if (before === 'live' && state !== 'off') void client.invalidateQueries({ predicate: isOfNow })
      if (state === 'live') void client.invalidateQueries({ predicate: hasFailed })
    },
    onSign: () => store.set({ ...store.get(), heardAt: serverNow() }),
  }
}

const hasFailed = ({ state }: { state: { error: unknown } }) => state.error !== null
const isOfNow = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== 'past'
