import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'

/** Who says "go and look", to any number of listeners. */
export interface Wakeups {
  /** Gives the way to unsubscribe. */
  subscribe(wake: () => void): () => void
  close(): Promise<void>
}

/** Nobody's. */
export const NO_WAKEUPS: Wakeups = { subscribe: () => () => {}, close: async () => {} }

/** Everyone may listen to the first, publishers to the second as well: it tells of drafts. */
const PUBLIC_TOPIC = 'registry'
const PUBLISHER_TOPIC = 'registry:publisher'
/** How long a channel that the server closed stays closed. */
const REOPEN_MS = 5_000

/**
 * Supabase Realtime as the nudge. That it is late, silent or gone loses nothing: whoever is nudged also polls. Whenever
 * a channel is joined or lost, that is a nudge too, for what was not heard.
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
      // Saying goodbye would wait for an answer, and there may be nobody who gives one.
      for (const close of closers) close()
      await client.realtime.disconnect()
    },
  }
}

/** The client joins again after an error and after a lost connection, and not after the server has said goodbye. */
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
