import type { Binding } from './bindings.ts'
import type { RealtimeCaller } from './caller.ts'
import { encode, type Frame, type Message, type Ref, type Version } from './frames.ts'

/** What every topic of a client starts with. */
export const TOPIC_PREFIX = 'realtime:'

/** A channel that a client has joined, on one connection. */
export interface Channel {
  /** The topic without its prefix. */
  name: string
  joinRef: Ref
  version: Version
  isPrivate: boolean
  /** Its own broadcasts come back to it. */
  self: boolean
  /** Its broadcasts are answered. */
  ack: boolean
  caller: RealtimeCaller
  /** Empty when it wants no changes, or was refused them. */
  bindings: readonly Binding[]
  push(frame: Frame): void
}

/** A broadcast to a topic; bytes reach only those whose protocol has a form for them. */
export interface Broadcast {
  event: string
  payload: unknown
}

/** Who is in which channel. */
export interface Hub {
  enter(channel: Channel): void
  leave(channel: Channel): void
  /** Those that asked for changes of rows. */
  watchers(): Channel[]
  has(name: string, isPrivate: boolean): boolean
  /** Sends to all of a topic but `except`. A public and a private channel of one name are two. */
  broadcast(name: string, isPrivate: boolean, broadcast: Broadcast, except?: Channel): void
}

export function createHub(): Hub {
  const rooms = new Map<string, Set<Channel>>()
  const keyOf = (name: string, isPrivate: boolean) => `${isPrivate ? 'private' : 'public'}:${name}`
  return {
    enter: (channel) => {
      const key = keyOf(channel.name, channel.isPrivate)
      rooms.set(key, (rooms.get(key) ?? new Set()).add(channel))
    },
    leave: (channel) => {
      const key = keyOf(channel.name, channel.isPrivate)
      const room = rooms.get(key)
      room?.delete(channel)
      if (room?.size === 0) rooms.delete(key)
    },
    watchers: () =>
      [...rooms.values()].flatMap((room) => [...room].filter(({ bindings }) => bindings.length)),
    has: (name, isPrivate) => rooms.has(keyOf(name, isPrivate)),
    broadcast: (name, isPrivate, { event, payload }, except) => {
      const message = fromServer(name, 'broadcast', { type: 'broadcast', event, payload })
      const frames = new Map<Version, Frame | undefined>()
      for (const channel of rooms.get(keyOf(name, isPrivate)) ?? []) {
        if (channel === except) continue
        if (!frames.has(channel.version)) frames.set(channel.version, encode(message, channel.version))
        const frame = frames.get(channel.version)
        if (frame !== undefined) channel.push(frame)
      }
    },
  }
}

/** A message that answers nothing. */
export function fromServer(name: string, event: string, payload: Message['payload']): Message {
  return { joinRef: null, ref: null, topic: `${TOPIC_PREFIX}${name}`, event, payload }
}
