import * as z from 'zod'

/** The channel that the trigger on `registry_events` notifies. */
export const EVENTS_CHANNEL = 'nofx_events'

const wakeupShape = z.object({ to: z.int().positive() })

/** The seq of the last event that a notification tells of; undefined says: go and look how far they are. */
export function parseLastSeq(payload: string): number | undefined {
  try {
    return wakeupShape.parse(JSON.parse(payload)).to
  } catch {
    return undefined
  }
}
