import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'

/** A source of "read now" calls for any number of listeners. */
export interface Wakeups {
  /** Returns the unsubscribe function. */
  subscribe(wake: () => void): () => void
  close(): Promise<void>
}

/** A source that never calls. */
export const NO_WAKEUPS: Wakeups = { subscribe: () => () => {}, close: async () => {} }

/** Every client may join the first topic, publishers the second as well: it announces drafts. */
const PUBLIC_TOPIC = 'registry'
const PUBLISHER_TOPIC = 'registry:publisher'
/** Pause before a channel that the server closed is opened again, milliseconds. */
const REOPEN_MS = 5_000

/**
 * Wake-up calls from Supabase Realtime. A late, silent or lost channel loses no event, since listeners also poll.
 * Joining or losing a channel wakes listeners too, for events in between.
 */
export function openWakeups(client: SupabaseClient, publisher: boolean): Wakeups {
  const wakes = new Set<() => void>()
  const closers = (publisher ? [PUBLIC_TOPIC, PUBLISHER_TOPIC] : [PUBLIC_TOPIC]).map((topic) =>
    keepOpen(client, topic, () => {
      for (const wake of wakes) wake()
    }),
  )
  return {
    subscribe(wake) {
      wakes.add(wake)
      return () => wakes.delete(wake)
    },
    async close() {
      // Leaving a channel would wait for an answer that may never come.
      for (const close of closers) close()
      await client.realtime.disconnect()
    },
  }
}

/** The client rejoins after an error and after a lost connection, but not after the server has closed the channel. */
function keepOpen(client: SupabaseClient, topic: string, wake: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let channel: RealtimeChannel | undefined
  let joined = false
  let closed = false
  const open = () => {
    channel = client.channel(topic, { config: { private: topic === PUBLISHER_TOPIC } })
    channel.on('broadcast', { event: 'change' }, wake).subscribe((status) => {
      const isJoined = status === 'SUBSCRIBED'
      if (isJoined || joined) wake()
      joined = isJoined
      if (status === 'CLOSED' && !closed) timer = setTimeout(open, REOPEN_MS)
    })
  }
  open()
  return () => {
    closed = true
    clearTimeout(timer)
    channel?.teardown()
  }
}
