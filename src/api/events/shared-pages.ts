import type { EventPage } from '../../contract/protocol/events.ts'
import { shareReads } from '../unchanged/newest.ts'

type Read = () => Promise<EventPage>

/** By the client that reads, whose rights decide what a page shows; then by the page. */
const reads = new WeakMap<object, Map<string, { read: Read; callers: number }>>()

/**
 * Reads a page, together with the other callers who have the same rights and want the same page now: all streams wake at
 * the same event. As with `shareReads`, a caller gets everything that was written before its call.
 */
export async function readSharedPage(client: object, page: unknown, read: Read): Promise<EventPage> {
  const ofClient = reads.get(client) ?? new Map<string, { read: Read; callers: number }>()
  reads.set(client, ofClient)
  const key = JSON.stringify(page)
  const shared = ofClient.get(key) ?? { read: shareReads(read), callers: 0 }
  ofClient.set(key, shared)
  shared.callers += 1
  try {
    return await shared.read()
  } finally {
    shared.callers -= 1
    if (shared.callers === 0) ofClient.delete(key)
  }
}
