import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/client'

/** A request that the server has not answered. */
export interface OpenRequest {
  method: string
}

export interface TimeoutOptions {
  /** Milliseconds to wait for one answer; no limit when left out. */
  timeoutMs?: number
  /** Whether each progress report restarts the timeout, up to `MAX_EXTENSION` times `timeoutMs` in all. */
  resetTimeoutOnProgress?: boolean
}

export interface OpenRequests {
  add(request: JSONRPCRequest): void
  get(id: RequestId): OpenRequest | undefined
  /** Ends the wait for an answer; undefined when the wait had already ended. */
  take(id: RequestId): OpenRequest | undefined
  /** Reads a message of the server for progress. */
  notice(message: JSONRPCMessage): void
  ids(): RequestId[]
}

/** Limits the extension: a server that reports progress for ever times out as well. */
export const MAX_EXTENSION = 10

interface TimedRequest extends OpenRequest {
  started: number
  token: unknown
  timer?: NodeJS.Timeout
}

/** The requests of one client that wait for an answer. `onTimeout` is called with a request that is still open. */
export function createOpenRequests(
  { timeoutMs, resetTimeoutOnProgress = false }: TimeoutOptions,
  onTimeout: (id: RequestId) => void,
): OpenRequests {
  const open = new Map<RequestId, TimedRequest>()
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
