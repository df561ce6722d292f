/** Sizes are bytes, times are milliseconds. */
export interface RealtimeLimits {
  connections: number
  channelsPerConnection: number
  joinsPerSecond: number
  messagesPerSecond: number
  /** Size of a client's broadcast. */
  broadcastSize: number
  /** A larger frame ends its connection, with close code 1009. */
  frameSize: number
  /** A connection without any message for so long, heartbeats included, is closed. */
  silence: number
  /** A connection whose unsent data exceeds this is cut: the client reads too slowly. */
  backlog: number
}

/**
 * The limits of the free plan (https://supabase.com/docs/guides/realtime/limits), so that a client that works here
 * works there: a frame is as large as the largest change of a row, and `silence` is Phoenix's limit. Rates are counted
 * for each connection or channel instead of the whole project, and only for messages from clients, so that one client
 * cannot use up the limit of the others.
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

/** A function that returns, for each call, whether it is within `most` calls of the current second. */
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
