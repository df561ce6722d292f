import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js'

/** A request that the server has not answered. */
export interface OpenRequest {
  method: string
  /** The server numbers its events, so the transport asks it for the rest of a stream that broke. */
  resumable?: boolean
}

export interface TimeoutOptions {
  /** Milliseconds to wait for one answer; for ever when left out. */
  timeoutMs?: number
  /** Whether each report of progress starts the time again, up to `MAX_EXTENSION` times `timeoutMs` in all. */
  resetTimeoutOnProgress?: boolean
}

export interface OpenRequests {
  add(request: JSONRPCRequest): void
  get(id: RequestId): OpenRequest | undefined
  /** Ends the wait; undefined when it was over before. */
  take(id: RequestId): OpenRequest | undefined
  /** Reads a message of the server for progress. */
  notice(message: JSONRPCMessage): void
  ids(): RequestId[]
}

/** A server that reports progress for ever is given up all the same. */
export const MAX_EXTENSION = 10

interface Entry extends OpenRequest {
  started: number
  token: unknown
  timer?: NodeJS.Timeout
}

/** The requests of one client that wait for an answer. `onTimeout` is called with one that is still open. */
export function createOpenRequests(
  { timeoutMs, resetTimeoutOnProgress = false }: TimeoutOptions,
  onTimeout: (id: RequestId) => void,
): OpenRequests {
  const open = new Map<RequestId, Entry>()
  return {
    add({ id, method, params }) {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => onTimeout(id), timeoutMs)
      open.set(id, { method, token: params?._meta?.progressToken, started: performance.now(), timer })
    },
    get: (id) => open.get(id),
    take(id) {
      const entry = open.get(id)
      clearTimeout(entry?.timer)
      open.delete(id)
      return entry
    },
    notice(message) {
      if (!resetTimeoutOnProgress || timeoutMs === undefined) return
      if (!('method' in message) || message.method !== 'notifications/progress') return
      const token = message.params?.progressToken
      for (const entry of open.values())
        if (
          token !== undefined &&
          entry.token === token &&
          performance.now() - entry.started < timeoutMs * (MAX_EXTENSION - 1)
        )
          entry.timer?.refresh()
    },
    ids: () => [...open.keys()],
  }
}
