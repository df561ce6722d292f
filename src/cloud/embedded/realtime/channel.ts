import * as z from 'zod'
import { type Callers, expired, type RealtimeCaller } from './caller.ts'
import { nameShape, type RealtimeMessage, type Reply } from './frames.ts'
import { type Channel, fromServer, type Hub } from './hub.ts'
import { type JoinNote, NO_PRESENCE, notReadable, SUBSCRIBED } from './join.ts'
import { perSecond, type RealtimeLimits } from './limits.ts'
import { mayRead, maySend } from './permissions.ts'

export interface ChannelOptions {
  channel: Channel
  hub: Hub
  limits: RealtimeLimits
  callers: Callers
  send: (message: RealtimeMessage) => void
  onClosed: () => void
}

/** A joined channel, until the client leaves it or the server ends it. */
export interface ChannelHost {
  /** Handles a message that the client sends on the channel. */
  handle(message: RealtimeMessage, reply: Reply): Promise<void>
  note(note: JoinNote): void
  /** Ends the channel and notifies the client. */
  close(): void
  /** Ends the channel without a message, when the client is gone. */
  abandon(): void
}

/** A token may be valid for years; a timer can wait 24 days at most. */
const LONGEST_TIMER = 3_600_000

const broadcastShape = z.object({ event: nameShape.min(1), payload: z.unknown() })
const tokenShape = z.object({ access_token: z.string() })

/** Joins a topic for a client. */
export function openChannel(options: ChannelOptions): ChannelHost {
  const { channel, hub, send } = options
  const { name, joinRef } = channel
  const expiry = createExpiry((message) => end(message))
  const maySpeak = perSecond(options.limits.messagesPerSecond)
  let over = false
  const abandon = () => {
    if (over) return
    over = true
    expiry.stop()
    hub.leave(channel)
    options.onClosed()
  }
  const close = () => {
    if (over) return
    abandon()
    send({ ...fromServer(name, 'phx_close', {}), joinRef, ref: joinRef })
  }
  const note = (message: JoinNote) => {
    if (!over) send({ ...fromServer(name, 'system', { ...message, channel: name }), joinRef })
  }
  const end = (message: string) => {
    note({ extension: 'system', status: 'error', message })
    close()
  }
  const refresh = async (token: string) => {
    const caller = await options.callers.ofToken(token)
    if ('code' in caller) return end(caller.message)
    if (!mayRead(caller, name, channel.isPrivate)) return end(notReadable(name))
    channel.caller = caller
    if (channel.bindings.length) note(SUBSCRIBED)
    if (!over) expiry.watch(caller)
  }
  hub.enter(channel)
  expiry.watch(channel.caller)
  return { note, close, abandon, handle: createHandler(options, { close, end, refresh, maySpeak }) }
}

interface Acts {
  close(): void
  /** Sends the reason, then closes the channel. */
  end(reason: string): void
  refresh(token: string): Promise<void>
  maySpeak(): boolean
}

function createHandler(
  options: ChannelOptions,
  { close, end, refresh, maySpeak }: Acts,
): ChannelHost['handle'] {
  const { channel } = options
  return async (message, reply) => {
    const { event, joinRef, payload } = message
    // A leave with another join's number was meant for the channel before the client joined again.
    if (event === 'phx_leave' && joinRef !== null && joinRef !== channel.joinRef) return
    if (event === 'phx_leave') {
      reply(message, 'ok', {})
      close()
    } else if (!maySpeak()) end('Too many messages per second')
    else if (event === 'broadcast') speak(options, message, reply)
    else if (event === 'presence') reply(message, 'error', { reason: NO_PRESENCE })
    else if (event === 'access_token') {
      const token = tokenShape.safeParse(payload).data?.access_token
      // A key changes nothing: the channel was joined with a key, or with the token of a session that has ended.
      if (token && !token.startsWith('sb_') && token !== channel.caller.token) await refresh(token)
    }
  }
}

/** Calls `end` when the watched caller's token has expired. */
function createExpiry(end: (message: string) => void) {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  const watch = ({ expiresAt }: Pick<RealtimeCaller, 'expiresAt'>) => {
    stop()
    if (expiresAt === undefined) return
    const left = expiresAt - Date.now()
    if (left <= 0) end(expired(expiresAt).message)
    else timer = setTimeout(() => watch({ expiresAt }), Math.min(left, LONGEST_TIMER)).unref()
  }
  return { watch, stop }
}

/** Passes a broadcast on to the topic's other channels, and to the sender if it requested that. */
function speak({ channel, hub, limits }: ChannelOptions, message: RealtimeMessage, reply: Reply): void {
  const { name, isPrivate, self, ack, caller } = channel
  const broadcast = broadcastShape.safeParse(message.payload).data
  if (!maySend(caller, name, isPrivate))
    reply(message, 'error', { reason: `You do not have permissions to write to this Channel topic: ${name}` })
  else if (!broadcast) reply(message, 'error', { reason: 'a broadcast has an event and a payload' })
  else if (measurePayload(broadcast.payload) <= limits.broadcastSize) {
    hub.broadcast(name, isPrivate, broadcast, self ? undefined : channel)
    if (ack) reply(message, 'ok', {})
  } else if (ack) reply(message, 'error', 'payload_size_exceeded')
}

/** The size of a payload as sent, in bytes. */
export function measurePayload(payload: unknown): number {
  if (payload instanceof Buffer) return payload.length
  return Buffer.byteLength(JSON.stringify(payload) ?? '')
}
