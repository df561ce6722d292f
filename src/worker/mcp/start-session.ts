import type { JSONRPCMessage, JSONRPCRequest, Transport } from '@modelcontextprotocol/client'

/** An id that no request of a client has: the answer to it is not passed on. */
const ID = 'nofx-session'
const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Whether a server no longer knows the session: status 404, by MCP's section on session management. The transport's
 * error is known by its field, because its class would load the code of every transport.
 */
export function isSessionGone(error: unknown, { sessionId }: Transport): boolean {
  return sessionId !== undefined && error instanceof Error && 'status' in error && error.status === 404
}

/**
 * Starts `server` and begins a session with the client's own `initialize`.
 * @param timeoutMs milliseconds to wait for the server's answer
 * @throws Error when the server refuses or does not answer in time
 */
export async function startSession(
  server: Transport,
  initialize: JSONRPCRequest,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<Transport> {
  await server.start()
  try {
    const answer = await firstAnswer(server, { ...initialize, id: ID }, timeoutMs)
    if (!('result' in answer)) throw new Error('the MCP server refuses a new session')
    const version = answer.result.protocolVersion
    if (typeof version === 'string') server.setProtocolVersion?.(version)
    await server.send({ jsonrpc: '2.0', method: 'notifications/initialized' })
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

function firstAnswer(server: Transport, request: JSONRPCRequest, timeoutMs: number): Promise<JSONRPCMessage> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error('the MCP server begins no new session')), timeoutMs)
    server.onmessage = (message) => {
      if ('method' in message || message.id !== ID) return
      clearTimeout(late)
      done(message)
    }
    server.send(request).catch((error) => {
      clearTimeout(late)
      failed(error)
    })
  })
}
