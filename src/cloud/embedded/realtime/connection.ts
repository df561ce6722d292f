import type { WebSocket } from 'ws'
import { oneAtATime } from '../../../core/one-at-a-time.ts'
import type { Callers, RealtimeCaller } from './caller.ts'
import { type ChannelHost, openChannel } from './channel.ts'
import { decode, encode, type RealtimeMessage, type Reply, type Version } from './frames.ts'
import { type Channel, type Hub, TOPIC_PREFIX } from './hub.ts'
import { decideJoin } from './join.ts'
import { perSecond, type RealtimeLimits } from './limits.ts'

export interface ConnectionOptions {
  socket: WebSocket
  version: Version
  /** The caller of the key that the connection was opened with. */
  holder: RealtimeCaller
  callers: Callers
  hub: Hub
  limits: RealtimeLimits
  /** Makes numbers for wishes. */
  nextId: () => number
  /** Whether the limit of connections with channels is reached. */
  isFull: () => boolean
  /** Called with an unexpected error, which ends the connection. */
  onBug: (error: unknown) => void
}

/** One client. */
export interface Connection {
  /** Whether the client has joined a channel. */
  isJoined(): boolean
}

/** Close codes of RFC 6455. */
const MALFORMED = 1007
const POLICY = 1008
const BUG = 1011

/**
 * Serves the Phoenix protocol to a client until either side ends the connection: `phx_join`, heartbeats on `phoenix`,
 * and the messages of its channels. Messages are handled one after the other, in their order.
 */
export function serveConnection(options: ConnectionOptions): Connection {
  const { socket } = options
  const client = createClient(options)
  const join = createJoin(client, options)
  receive(options, async (message) => {
    const { topic, event } = message
    const host = client.channels.get(topic)
    if (event === 'phx_join') await join(message)
    else if (topic === 'phoenix' && event === 'heartbeat') client.reply(message, 'ok', {})
    else if (host) await host.handle(message, client.reply)
    else if (event === 'phx_leave') client.reply(message, 'ok', {})
    else client.reply(message, 'error', { reason: 'unmatched topic' })
  })
  socket.once('close', () => {
    for (const host of [...client.channels.values()]) host.abandon()
  })
  return { isJoined: () => client.channels.size > 0 }
}

/** The state of a client, and its socket. */
interface Client {
  /** Channels by topic. */
  channels: Map<string, ChannelHost>
  push: Channel['push']
  send(message: RealtimeMessage): void
  reply: Reply
}

function createClient({ socket, version, limits }: ConnectionOptions): Client {
  const push: Channel['push'] = (frame) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > limits.backlog) socket.terminate()
    else socket.send(frame)
  }
  const send = (message: RealtimeMessage) => {
    const frame = encode(message, version)
    if (frame !== undefined) push(frame)
  }
  const reply: Reply = ({ joinRef, ref, topic }, status, response) =>
    send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } })
  return { channels: new Map(), push, send, reply }
}

function createJoin({ channels, push, send, reply }: Client, options: ConnectionOptions) {
  const { socket, version, limits, callers, holder } = options
  const isInTime = perSecond(limits.joinsPerSecond)
  const findRefusal = (topic: string): string | undefined => {
    if (!topic.startsWith(TOPIC_PREFIX)) return 'unmatched topic'
    if (!isInTime()) return TOO_MANY_JOINS
    if (channels.size >= limits.channelsPerConnection) return 'ChannelRateLimitReached: Too many channels'
    if (channels.size === 0 && options.isFull()) return 'ConnectionRateLimitReached: Too many connected users'
    return undefined
  }
  return async (message: RealtimeMessage) => {
    const { topic } = message
    // The later join replaces the earlier one, as when a client comes back before its connection timed out.
    channels.get(topic)?.close()
    const joined = findRefusal(topic) ?? (await decideJoin(message, holder, callers, options.nextId))
    if (typeof joined === 'string') {
      reply(message, 'error', { reason: joined })
      if (joined === TOO_MANY_JOINS) socket.close(POLICY, 'too many joins per second')
      // If the client has gone meanwhile, nothing would ever remove its channel.
    } else if (socket.readyState === socket.OPEN) {
      const channel = { ...joined.channel, version, push }
      const onClosed = () => channels.delete(topic)
      const host = openChannel({ ...options, channel, send, onClosed })
      channels.set(topic, host)
      reply(message, 'ok', { postgres_changes: joined.changes })
      for (const note of joined.notes) host.note(note)
    }
  }
}

const TOO_MANY_JOINS = 'ClientJoinRateLimitReached: Too many joins per second'

/** Reads the client's messages; while one is handled, the socket is paused. */
function receive(
  { socket, version, limits, onBug }: ConnectionOptions,
  handle: (message: RealtimeMessage) => Promise<void>,
): void {
  const inLine = oneAtATime()
  const silence = setTimeout(() => socket.close(1000, 'no heartbeat'), limits.silence).unref()
  socket.on('ping', () => silence.refresh())
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    silence.refresh()
    socket.pause()
    void inLine(async () => {
      const message = socket.readyState === socket.OPEN ? decode(data, isBinary, version) : undefined
      if (message) await handle(message)
      else socket.close(MALFORMED, 'not a message of the protocol')
    })
      .catch((error: unknown) => {
        // JSON.parse reads deeper nesting than JSON.stringify writes.
        if (!(error instanceof RangeError)) onBug(error)
        socket.close(error instanceof RangeError ? MALFORMED : BUG, 'the message cannot be handled')
      })
      .finally(() => socket.resume())
  })
  // A frame that is too large or breaks the protocol of WebSockets is answered with a close frame by the library.
  socket.on('error', () => {})
  socket.once('close', () => clearTimeout(silence))
}
