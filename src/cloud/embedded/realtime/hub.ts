import type { Binding } from './bindings.ts'
import type { RealtimeCaller } from './caller.ts'
import { encode, type Frame, type RealtimeMessage, type Ref, type Version } from './frames.ts'

/** What every topic of a client starts with. */
export const TOPIC_PREFIX = 'realtime:'

/** A channel that a client has joined, on one connection. */
export interface Channel {
  /** The topic without its prefix. */
  name: string
  joinRef: Ref
  version: Version
  isPrivate: boolean
  /** Whether the channel receives its own broadcasts. */
  self: boolean
  /** Whether its broadcasts are answered. */
  ack: boolean
  caller: RealtimeCaller
  /** Empty when the client requested no changes, or they were refused. */
  bindings: readonly Binding[]
  push(frame: Frame): void
}

/** A broadcast to a topic; binary data reaches only clients whose protocol has a form for it. */
export interface Broadcast {
  event: string
  payload: unknown
}

/** The joined channels. */
export interface Hub {
  enter(channel: Channel): void
  leave(channel: Channel): void
  /** Channels with a binding to changes of rows. */
  watchers(): Channel[]
  has(name: string, isPrivate: boolean): boolean
  /**
   * Sends to every channel of a topic but `except`. A public and
   * a private channel with the same name are separate topics.
   */
  broadcast(name: string, isPrivate: boolean, broadcast: Broadcast, except?: Channel): void
}

export function createHub(): Hub {
  const rooms = new Map<string, Set<Channel>>()
  const buildKey = (name: string, isPrivate: boolean) => `${isPrivate ? 'private' : 'public'}:${name}`
  return {
    enter: (channel) => {
      const key = buildKey(channel.name, channel.isPrivate)
      rooms.set(key, (rooms.get(key) ?? new Set()).add(channel))
    },
    leave: (channel) => {
      const key = buildKey(channel.name, channel.isPrivate)
      const room = rooms.get(key)
      room?.delete(channel)
      if (room?.size === 0) rooms.delete(key)
    },
    watchers: () =>
      [...rooms.values()].flatMap((room) => [...room].filter(({ bindings }) => bindings.length)),
    has: (name, isPrivate) => rooms.has(buildKey(name, isPrivate)),
    broadcast: (name, isPrivate, { event, payload }, except) => {
      const message = fromServer(name, 'broadcast', { type: 'broadcast', event, payload })
      const frames = new Map<Version, Frame | undefined>()
      for (const channel of rooms.get(buildKey(name, isPrivate)) ?? []) {
        if (channel === except) continue
        if (!frames.has(channel.version)) frames.set(channel.version, encode(message, channel.version))
        const frame = frames.get(channel.version)
        if (frame !== undefined) channel.push(frame)
      }
    },
  }
}

/** A message from the server that is not an answer. */
export function fromServer(
  name: string,
  event: string,
  payload: RealtimeMessage['payload'],
): RealtimeMessage {
  return { joinRef: null, ref: null, topic: `${TOPIC_PREFIX}${name}`, event, payload }
}
