import * as z from 'zod'

/** The channel that the trigger on `registry_events` notifies. */
export const EVENTS_CHANNEL = 'nofx_events'

const wakeupShape = z.object({ to: z.int().positive() })

/** The seq of the last event in a notification; undefined means that the reader has to query for it. */
export function parseLastSeq(payload: string): number | undefined {
  try {
    return wakeupShape.parse(JSON.parse(payload)).to
  } catch {
    return undefined
  }
}
