import * as z from 'zod'
import { bindAll, type Wish, wishesShape } from './bindings.ts'
import type { Callers, RealtimeCaller, TokenTrouble } from './caller.ts'
import type { RealtimeMessage } from './frames.ts'
import { type Channel, TOPIC_PREFIX } from './hub.ts'
import { mayRead } from './permissions.ts'

const flag = z.boolean().catch(false)
/** An invalid part of a join counts as missing, as it does at the hosted service. */
const joinShape = z.object({
  config: z
    .object({
      broadcast: z
        .object({ ack: flag, self: flag, replication_ready: flag, replay: z.unknown() })
        .partial()
        .catch({}),
      postgres_changes: wishesShape,
      presence: z.object({ enabled: flag }).partial().catch({}),
      private: flag,
    })
    .partial()
    .catch({}),
  access_token: z.string().optional().catch(undefined),
})

/** A join that is granted. */
export interface Joined {
  /** The channel without its connection to the client. */
  channel: Omit<Channel, 'push' | 'version'>
  /** The granted changes, for the reply. */
  changes: (Wish & { id: number })[]
  /** Messages to send after the reply. */
  notes: JoinNote[]
}

/** A `system` message. */
export interface JoinNote {
  extension: 'system' | 'postgres_changes'
  status: 'ok' | 'error'
  message: string
}

export const SUBSCRIBED: JoinNote = {
  extension: 'postgres_changes',
  status: 'ok',
  message: 'Subscribed to PostgreSQL',
}

/** Nothing of NOFX uses presence. */
export const NO_PRESENCE = 'presence is not served by nofx dev: use broadcasts, or a hosted project'

/**
 * Decides on a `phx_join`.
 * @param holder caller of the key that the connection was opened with
 * @param nextId makes the number of a wish
 * @returns the join, or why it is refused, in the form of the hosted service: `Code: message`
 */
export async function decideJoin(
  { topic, joinRef, payload }: RealtimeMessage,
  holder: RealtimeCaller,
  callers: Callers,
  nextId: () => number,
): Promise<Joined | string> {
  const name = topic.slice(TOPIC_PREFIX.length)
  if (name === '') return 'TopicNameRequired: You must provide a topic name'
  const { config = {}, access_token: token } = joinShape.catch({ config: {} }).parse(payload)
  const { broadcast = {}, presence, postgres_changes: wishes = [], private: isPrivate = false } = config
  const caller = await identifyCaller(token, holder, callers)
  if ('code' in caller) return `${caller.code}: ${caller.message}`
  if (!mayRead(caller, name, isPrivate)) return `Unauthorized: ${notReadable(name)}`
  if (broadcast.replay !== undefined) return `UnableToReplayMessages: ${noReplay(isPrivate)}`
  // A client that receives "subscribed" waits for a state that never comes.
  if (presence?.enabled) return `PresenceNotServed: ${NO_PRESENCE}`
  const changes = wishes.map((wish) => ({ ...wish, id: nextId() }))
  const bindings = bindAll(
    wishes,
    changes.map(({ id }) => id),
  )
  const notes: JoinNote[] = []
  if (broadcast.replication_ready)
    notes.push({ extension: 'system', status: 'ok', message: 'Replication connection established' })
  if (typeof bindings === 'string')
    notes.push({ extension: 'postgres_changes', status: 'error', message: bindings })
  else if (bindings.length) notes.push(SUBSCRIBED)
  const channel = {
    name,
    joinRef,
    isPrivate,
    self: broadcast.self ?? false,
    ack: broadcast.ack ?? false,
    caller,
    bindings: typeof bindings === 'string' ? [] : bindings,
  }
  return { channel, changes, notes }
}

/** A client without a session sends a key as its token: it has the rights of the key that opened the connection. */
async function identifyCaller(
  token: string | undefined,
  holder: RealtimeCaller,
  callers: Callers,
): Promise<RealtimeCaller | TokenTrouble> {
  return token === undefined || token.startsWith('sb_') ? holder : callers.ofToken(token)
}

export function notReadable(name: string): string {
  return `You do not have permissions to read from this Channel topic: ${name}`
}

/** Broadcasts are not stored; a reader catches up with the feed by its cursor. */
function noReplay(isPrivate: boolean): string {
  return isPrivate ? 'Realtime was unable to replay messages' : 'Replay is not allowed for public channels'
}
