import type { Batch } from '../../model/feed/event-log.ts'
import type { FeedEvent } from './events.ts'

/** How a tab hears of changes. */
export type FeedState =
  /** It has not begun, or is not seen. */
  | 'off'
  /** Changes arrive as they happen. */
  | 'live'
  /** The server is asked every 30 s. */
  | 'polling'
  /** The server does not answer. */
  | 'out'

/** What the tab that holds the stream tells the others. */
export type Message =
  | { name: 'batch'; batch: Batch<FeedEvent> }
  | { name: 'state'; state: FeedState; cursor: number }
  /** The cursor was lost: everything is read again. */
  | { name: 'reset'; cursor: number; mark?: string }
  /** A tab that follows asks the leader for its state. */
  | { name: 'hello' }

/** The tabs of a browser that follow the same events. */
export interface Tabs {
  send(message: Message): void
  close(): void
}

/** Joins the other tabs. A browser without channels has none. */
export function joinTabs(name: string, hear: (message: Message) => void): Tabs {
  if (!('BroadcastChannel' in globalThis)) return { send: () => {}, close: () => {} }
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', ({ data }) => hear(data as Message))
  return { send: (message) => channel.postMessage(message), close: () => channel.close() }
}

/**
 * Runs `lead` in one tab at a time, until `signal` ends it. Where the browser has no locks (a page that is not in a secure
 * context), every tab leads.
 */
export async function leadInTurn(
  name: string,
  signal: AbortSignal,
  lead: () => Promise<void>,
): Promise<void> {
  if (!('locks' in navigator)) return lead()
  try {
    await navigator.locks.request(name, { signal }, lead)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
