import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { AnswerStreams } from './answer-streams.ts'
import { createToolFilter, type ToolFilter } from './tool-filter.ts'

export interface BridgeOptions {
  allowedTools?: readonly string[]
  /** Milliseconds to wait for one answer of the server. */
  timeoutMs?: number
  /** Where the server answers each request on the response to it. */
  answers?: AnswerStreams
}

/** A request that the server has not answered. */
interface Open {
  method: string
  timer?: NodeJS.Timeout
  /** The server numbers its events, so the transport asks it for the rest of a stream that broke. */
  resumable?: boolean
}

interface Bridge extends BridgeOptions {
  client: Transport
  server: Transport
  filter: ToolFilter
  open: Map<RequestId, Open>
}

/** JSON-RPC errors as the MCP SDK numbers them. */
const TIMED_OUT = -32001
const CONNECTION_CLOSED = -32000
/** What the transport reports when it no longer tries to resume a stream. */
const GIVEN_UP = /^Maximum reconnection attempts/

/**
 * Passes messages between a client and a server until one of them is gone, without the tools that are not allowed.
 * Whatever the server leaves unanswered is answered with an error.
 * @throws whatever keeps the server from being reached
 */
export async function runBridge(client: Transport, server: Transport, options: BridgeOptions): Promise<void> {
  const bridge: Bridge = {
    ...options,
    client,
    server,
    filter: createToolFilter(options.allowedTools),
    open: new Map(),
  }
  const gone = new Promise<void>((done) => {
    client.onclose = done
    server.onclose = done
  })
  server.onmessage = (message) => toClient(bridge, message)
  server.onerror = ({ message }) => {
    if (GIVEN_UP.test(message)) for (const id of bridge.open.keys()) settle(bridge, id)
  }
  if (bridge.answers) bridge.answers.onend = (id) => bridge.open.get(id)?.resumable || settle(bridge, id)
  await server.start()
  client.onmessage = (message) => toServer(bridge, message)
  await client.start()
  await gone
  for (const id of bridge.open.keys()) fail(bridge, id, CONNECTION_CLOSED, 'the MCP server is gone')
  await closeServer(server)
}

function toServer(bridge: Bridge, message: JSONRPCMessage): void {
  const { forward, answer } = bridge.filter.fromClient(message)
  if (answer) void bridge.client.send(answer)
  if (!forward) return
  const id = 'method' in forward && 'id' in forward ? forward.id : undefined
  if (id !== undefined) expect(bridge, id, (forward as { method: string }).method)
  const onresumptiontoken = () => {
    const open = id === undefined ? undefined : bridge.open.get(id)
    if (open) open.resumable = true
  }
  bridge.server.send(forward, { onresumptiontoken }).then(
    () => id !== undefined && bridge.answers && settle(bridge, id),
    (error: Error) => id !== undefined && fail(bridge, id, CONNECTION_CLOSED, error.message),
  )
}

/** Answers a request whose response is over: events that were read already pass first. */
function settle(bridge: Bridge, id: RequestId): void {
  if (!bridge.open.has(id) || bridge.answers?.has(id)) return
  setTimeout(
    () => fail(bridge, id, CONNECTION_CLOSED, 'the MCP server ended its response without an answer'),
    50,
  )
}

function expect(bridge: Bridge, id: RequestId, method: string): void {
  const { timeoutMs } = bridge
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => giveUp(bridge, id), timeoutMs)
  bridge.open.set(id, { method, timer })
}

function giveUp(bridge: Bridge, id: RequestId): void {
  const params = { requestId: id, reason: 'no answer in time' }
  bridge.server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {})
  fail(bridge, id, TIMED_OUT, `the MCP server gave no answer within ${bridge.timeoutMs} ms`)
}

function toClient(bridge: Bridge, message: JSONRPCMessage): void {
  if (!('method' in message) && message.id !== undefined) {
    const open = bridge.open.get(message.id)
    // An answer that comes after its time was up: the client has one already.
    if (!open) return
    clearTimeout(open.timer)
    bridge.open.delete(message.id)
    // The SDK's client would do this; over HTTP every later request has to name the version.
    const version = 'result' in message && open.method === 'initialize' && message.result.protocolVersion
    if (typeof version === 'string') bridge.server.setProtocolVersion?.(version)
  }
  void bridge.client.send(bridge.filter.fromServer(message))
}

function fail({ client, open }: Bridge, id: RequestId, code: number, message: string): void {
  clearTimeout(open.get(id)?.timer)
  if (open.delete(id)) void client.send({ jsonrpc: '2.0', id, error: { code, message } })
}

/** An HTTP server keeps a session until it is told that it is over. */
async function closeServer(server: Transport): Promise<void> {
  if ('terminateSession' in server)
    await (server as { terminateSession(): Promise<void> }).terminateSession().catch(() => {})
  await server.close()
}
