import type { JSONRPCMessage, JSONRPCRequest, RequestId, Transport } from '@modelcontextprotocol/client'
import type { McpCapability } from '../../plugins/agents/manifest/mcp-schema.ts'
import type { AnswerStreams } from './answer-streams.ts'
import { createCapabilityFilter, type MessageFilter } from './capability-filter.ts'
import { createOpenRequests, type OpenRequests, type TimeoutOptions } from './open-requests.ts'
import { isSessionGone, startSession } from './start-session.ts'
import { createToolFilter } from './tool-filter.ts'

export interface BridgeOptions extends TimeoutOptions {
  allowedTools?: readonly string[]
  /** MCP capabilities that are passed on beside tools. */
  capabilities?: readonly McpCapability[]
  /** Set where the server answers each request in the response to it. */
  answers?: AnswerStreams
  /** Bytes sent to the client that it has not read yet. */
  backlog?: () => number
  /** Ends the bridge. */
  stop?: AbortSignal
}

interface Bridge extends BridgeOptions {
  client: Transport
  server: Transport
  connect: () => Promise<Transport>
  filters: readonly MessageFilter[]
  open: OpenRequests
  /** The client's first request; a session that the server has forgotten begins again with it. */
  initialize?: JSONRPCRequest
  renewing?: Promise<void>
  /** Answers the open requests and ends the bridge; no reason means that the client has left. */
  end: (reason?: string) => void
  lastError?: string
}

/** JSON-RPC errors as the MCP SDK numbers them. */
const TIMED_OUT = -32001
const CONNECTION_CLOSED = -32000
/** Unread bytes at which the bridge ends, so that a client that does not read cannot fill the memory. */
const MAX_BACKLOG = 64 * 1024 * 1024

/**
 * Passes messages between a client and a server until one of them is gone, as far as the agent's manifest allows.
 * Requests that the server leaves unanswered are answered with an error. A session that an HTTP server has forgotten is
 * started again.
 * @param connect makes a transport to the server, not started yet
 * @throws the failure that keeps the server from being reached; an Error when the server ends before the client
 */
export async function runBridge(
  client: Transport,
  connect: () => Promise<Transport>,
  options: BridgeOptions,
): Promise<void> {
  let resolve: Bridge['end'] = () => {}
  const ended = new Promise<string | undefined>((done) => {
    resolve = done
  })
  const bridge: Bridge = {
    ...options,
    client,
    connect,
    server: await connect(),
    filters: [createCapabilityFilter(options.capabilities), createToolFilter(options.allowedTools)],
    open: createOpenRequests(options, (id) => giveUp(bridge, id)),
    end(reason) {
      bridge.end = () => {}
      for (const id of bridge.open.ids()) fail(bridge, id, CONNECTION_CLOSED, 'the MCP server is gone')
      resolve(reason)
    },
  }
  client.onclose = () => bridge.end()
  bridge.stop?.addEventListener('abort', () => bridge.end())
  if (bridge.stop?.aborted) bridge.end()
  follow(bridge, bridge.server)
  await bridge.server.start()
  client.onmessage = (message) => toServer(bridge, message)
  await client.start()
  const reason = await ended
  await client.close()
  await closeServer(bridge.server)
  if (reason !== undefined) throw new Error(reason)
}

function follow(bridge: Bridge, server: Transport): void {
  bridge.server = server
  server.onmessage = (message) => toClient(bridge, message)
  server.onclose = () => {
    const { lastError } = bridge
    bridge.end(`the MCP server ended${lastError === undefined ? '' : `: ${lastError}`}`)
  }
  server.onerror = ({ message }) => {
    bridge.lastError = message
  }
}

function toServer(bridge: Bridge, message: JSONRPCMessage): void {
  let forward: JSONRPCMessage | undefined = message
  for (const filter of bridge.filters) {
    const verdict = filter.fromClient(forward)
    if (verdict.answer) send(bridge, verdict.answer)
    forward = verdict.forward
    if (!forward) return
  }
  const request = 'method' in forward && 'id' in forward ? forward : undefined
  if (request?.method === 'initialize') bridge.initialize = request
  if (request) bridge.open.add(request)
  deliver(bridge, forward, request?.id).catch((error: Error) => {
    if (request) fail(bridge, request.id, CONNECTION_CLOSED, error.message)
  })
}

async function deliver(bridge: Bridge, message: JSONRPCMessage, id: RequestId | undefined): Promise<void> {
  const onRequestStreamEnd = () => id === undefined || settle(bridge, id)
  await bridge.renewing
  const { server } = bridge
  try {
    await server.send(message, { onRequestStreamEnd })
  } catch (error) {
    if (!bridge.initialize || !isSessionGone(error, server)) throw error
    if (bridge.server === server) bridge.renewing ??= renew(bridge, bridge.initialize)
    await bridge.renewing
    await bridge.server.send(message, { onRequestStreamEnd })
  }
  if (id !== undefined && bridge.answers && !bridge.answers.has(id)) settle(bridge, id)
}

async function renew(bridge: Bridge, initialize: JSONRPCRequest): Promise<void> {
  const old = bridge.server
  try {
    const server = await startSession(await bridge.connect(), initialize, bridge.timeoutMs)
    old.onclose = undefined
    follow(bridge, server)
    await old.close()
    // The transport does not report the end of streams that it closes itself.
    for (const id of bridge.answers?.ids() ?? []) settle(bridge, id)
  } finally {
    bridge.renewing = undefined
  }
}

/** Answers a request whose response has ended, unless the answer was in it. */
function settle(bridge: Bridge, id: RequestId): void {
  bridge.answers?.end(id)
  fail(bridge, id, CONNECTION_CLOSED, 'the MCP server ended its response without an answer')
}

function giveUp(bridge: Bridge, id: RequestId): void {
  const params = { requestId: id, reason: 'no answer in time' }
  bridge.server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {})
  fail(bridge, id, TIMED_OUT, `the MCP server gave no answer within ${bridge.timeoutMs} ms`)
}

function toClient(bridge: Bridge, message: JSONRPCMessage): void {
  bridge.open.notice(message)
  if (!('method' in message) && message.id !== undefined) {
    const open = bridge.open.take(message.id)
    // A late answer: the client already has the timeout error.
    if (!open) return
    // The SDK's client would do this; over HTTP every later request has to name the protocol version.
    const version = 'result' in message && open.method === 'initialize' && message.result.protocolVersion
    if (typeof version === 'string') bridge.server.setProtocolVersion?.(version)
  }
  let forward: JSONRPCMessage | undefined = message
  for (const filter of bridge.filters) {
    const verdict = filter.fromServer(forward)
    if (verdict.answer) bridge.server.send(verdict.answer).catch(() => {})
    forward = verdict.forward
    if (!forward) return
  }
  send(bridge, forward)
}

function send(bridge: Bridge, message: JSONRPCMessage): void {
  // A client that has left gets no message; `onclose` reports it.
  bridge.client.send(message).catch(() => {})
  if ((bridge.backlog?.() ?? 0) > MAX_BACKLOG)
    bridge.end(`the client does not read: more than ${MAX_BACKLOG} bytes wait for it`)
}

function fail(bridge: Bridge, id: RequestId, code: number, message: string): void {
  if (bridge.open.take(id)) send(bridge, { jsonrpc: '2.0', id, error: { code, message } })
}

/** An HTTP server keeps a session until the client ends it. */
async function closeServer(server: Transport): Promise<void> {
  if ('terminateSession' in server)
    await (server as { terminateSession(): Promise<void> }).terminateSession().catch(() => {})
  await server.close()
}
