/** Sizes are bytes, times are milliseconds. */
export interface RealtimeLimits {
  connections: number
  channelsPerConnection: number
  joinsPerSecond: number
  messagesPerSecond: number
  /** Of what a client broadcasts. */
  broadcastSize: number
  /** A larger frame ends its connection, with close code 1009. */
  frameSize: number
  /** A connection that says nothing for so long, not even a heartbeat, is closed. */
  silence: number
  /** A connection that reads so slowly that more than this waits for it is cut. */
  backlog: number
}

/**
 * What https://supabase.com/docs/guides/realtime/limits gives a project on the free plan, so that what works here works
 * there: a frame is as large as the largest change of a row, and the silence is what Phoenix allows. Rates are counted
 * for each connection or channel, not for the whole project, and only what clients send: one of them cannot use up what
 * the others may do.
 */
export const HOSTED_LIMITS: RealtimeLimits = {
  connections: 200,
  channelsPerConnection: 100,
  joinsPerSecond: 100,
  messagesPerSecond: 100,
  broadcastSize: 256 * 1024,
  frameSize: 1024 * 1024,
  silence: 60_000,
  backlog: 16 * 1024 * 1024,
}

/** Tells for each call whether it is within `most` calls of the current second. */
export function perSecond(most: number): () => boolean {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) [second, count] = [now, 0]
    count += 1
    return count <= most
  }
}
