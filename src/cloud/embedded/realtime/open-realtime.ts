import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { EVENTS_CHANNEL } from '../events-channel.ts'
import type { Cloud } from '../open-cloud.ts'
import { createBroadcastHandler } from './broadcast-request.ts'
import { type Callers, createCallers } from './caller.ts'
import { type Connection, type ConnectionOptions, serveConnection } from './connection.ts'
import { openFeed } from './feed.ts'
import { createHub, type Hub } from './hub.ts'
import { HOSTED_LIMITS, type RealtimeLimits } from './limits.ts'
import { createReader } from './read-events.ts'

/** The path that clients connect to. */
export const SOCKET_PATH = '/realtime/v1/websocket'

export interface RealtimeOptions {
  cloud: Pick<Cloud, 'anonClient' | 'client' | 'keys' | 'listen' | 'readNewest'>
  limits?: RealtimeLimits
  /** Connections that are refused regardless of their key. */
  refuses?: (request: IncomingMessage) => boolean
  /** Called with errors of the server. They never hold a key. */
  onTrouble: (error: unknown) => void
}

/** Supabase's Realtime over an embedded cloud. */
export interface Realtime {
  /** Takes over the connection of a request for `SOCKET_PATH`; returns the status of the answer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): number
  /** Handles broadcasts over HTTP, below `/realtime/v1`. */
  fetch(request: Request): Promise<Response>
  /** Closes all connections, and cuts those whose client does not confirm within a second. */
  close(): Promise<void>
}

/**
 * Opens Realtime: events that are written to `registry_events` from now on are sent to joined channels, each with its
 * own rights, as changes of the table and as broadcasts on `registry` and `registry:publisher`.
 */
export async function openRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { cloud, limits = HOSTED_LIMITS, refuses, onTrouble } = options
  const { WebSocketServer: Server } = await import('ws')
  const hub = createHub()
  const callers = createCallers(cloud.keys)
  const feed = await listenForEvents(options, hub)
  const server = new Server({ noServer: true, maxPayload: limits.frameSize })
  const connections = new Set<Connection>()
  let lastId = 0
  const shared = {
    ...{ hub, callers, limits, onBug: onTrouble },
    nextId: () => ++lastId,
    isFull: () => [...connections].filter((one) => one.isJoined()).length >= limits.connections,
  }
  return {
    fetch: createBroadcastHandler({ hub, callers, limits }),
    upgrade: (request, socket, head) => {
      const opening = refuses?.(request) ? FOREIGN : readOpening(request, callers)
      if ('status' in opening) return refuse(socket, opening)
      // A handshake without a callback was invalid, and the client already has the refusal.
      let status = 400
      server.handleUpgrade(request, socket, head, (opened) => {
        status = 101
        const connection = serveConnection({ socket: opened, ...opening, ...shared })
        connections.add(connection)
        opened.once('close', () => connections.delete(connection))
      })
      return status
    },
    close: async () => {
      await feed.close()
      await hangUp(server)
    },
  }
}

/** Listening begins before the newest event is read, so that no event between the two is missed. */
async function listenForEvents({ cloud, onTrouble }: RealtimeOptions, hub: Hub) {
  const early: string[] = []
  let wake = (payload: string): void => {
    early.push(payload)
  }
  const stop = await cloud.listen(EVENTS_CHANNEL, (payload) => wake(payload))
  const feed = await openFeed({ hub, ...createReader(cloud), onTrouble })
  wake = feed.wake
  for (const payload of early) wake(payload)
  const close = async () => {
    feed.close()
    await stop()
  }
  return { close }
}

type Opening = Pick<ConnectionOptions, 'holder' | 'version'>
interface RealtimeRefusal {
  status: 401 | 403 | 404
  message: string
}

const FOREIGN: RealtimeRefusal = { status: 403, message: 'pages of other origins are refused' }

function readOpening({ url = '', headers }: IncomingMessage, callers: Callers): Opening | RealtimeRefusal {
  const [path, query] = url.split(/\?(.*)/s)
  if (path !== SOCKET_PATH) return { status: 404, message: `WebSockets are served at ${SOCKET_PATH}` }
  const search = new URLSearchParams(query)
  const holder = callers.ofKey(String(headers['x-api-key'] ?? search.get('apikey') ?? ''))
  if (!holder) return { status: 401, message: 'Invalid API key' }
  const version = search.get('vsn') ?? '1.0.0'
  if (version === '1.0.0' || version === '2.0.0') return { version, holder }
  return { status: 403, message: 'vsn must be 1.0.0 or 2.0.0' }
}

function refuse(socket: Duplex, { status, message }: RealtimeRefusal): number {
  const body = JSON.stringify({ message })
  const start = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`
  const rest = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  socket.on('error', () => {})
  socket.end(start + rest)
  return status
}

const GOODBYE_MS = 1000

async function hangUp(server: WebSocketServer): Promise<void> {
  const closings = [...server.clients].map(
    (socket) => new Promise((resolve) => socket.once('close', resolve)),
  )
  for (const socket of server.clients) socket.close(1001, 'the server is stopping')
  const late = setTimeout(() => {
    for (const socket of server.clients) socket.terminate()
  }, GOODBYE_MS)
  await Promise.all(closings)
  clearTimeout(late)
}
