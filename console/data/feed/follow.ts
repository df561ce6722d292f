import { isOutage, Problem } from '../problem.ts'
import { currentSession, lacks } from '../session.ts'
import { EventReader, type Reports } from './event-reader.ts'
import { type Channel, openStream } from './events.ts'
import { pause } from './pause.ts'
import { whilePresent } from './presence.ts'
import { readStream } from './read-stream.ts'
import { joinTabs, leadInTurn, type Tabs } from './tabs.ts'

/** Failures in a row after which the server is asked page by page, and how often, in ms. */
const MANY = 3
const SLOWLY = 30_000
/** A stream that ends sooner counts as a failure, in ms. */
const SHORT = 2_000

/** Follows the events of a channel while the tab is seen. The returned function ends that. */
export const followWhilePresent = (channel: Channel, reports: Reports): (() => void) =>
  whilePresent(createFollower(channel, reports))

/**
 * Follows the events of a channel. Each tab has its own cursor and reads by itself what it missed; one tab at a time holds
 * the stream and hands on what arrives.
 * @returns follows until the signal; called again it goes on from where it was
 */
function createFollower(channel: Channel, reports: Reports): (signal: AbortSignal) => void {
  const name = `nofx-feed ${channel.env ?? ''} ${channel.publisher ? 'all' : 'public'}`
  const reader = new EventReader(channel, reports)
  return (signal) => {
    let isLeading = false
    const tabs = joinTabs(name, (message) => {
      // A request that fails is repeated by the tab that leads.
      if (!isLeading) reader.hear(message, signal).catch(() => {})
      else if (message.name === 'hello') tell(reader, tabs)
    })
    signal.addEventListener('abort', () => {
      tabs.close()
      reader.become('off')
    })
    const lead = () => {
      isLeading = true
      return keepLeading(reader, tabs, signal)
    }
    // The answer to this is the leader's cursor: a tab that is behind it catches up. Without a leader this tab leads.
    tabs.send({ name: 'hello' })
    void leadInTurn(name, signal, lead)
  }
}

function tell({ state, cursor }: EventReader, tabs: Tabs): void {
  tabs.send({ name: 'state', state, cursor })
}

/** Holds the stream, and opens it anew whenever it ends. */
async function keepLeading(reader: EventReader, tabs: Tabs, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const round = { hasCaughtUp: false, opened: Number.POSITIVE_INFINITY }
    let error: unknown
    try {
      await reader.catchUp(signal, tabs.send)
      round.hasCaughtUp = true
      if (lacks(currentSession(), 'streams')) {
        reader.become('polling')
        tell(reader, tabs)
        await pause(SLOWLY, signal)
        continue
      }
      await holdStream(reader, tabs, signal, round)
    } catch (cause) {
      error = cause
    }
    if (signal.aborted) return
    failures = performance.now() - round.opened > SHORT ? 0 : failures + 1
    if (error !== undefined || failures >= MANY) {
      reader.become(stateAfter(error, round.hasCaughtUp, failures, reader.state))
      tell(reader, tabs)
    }
    if (failures > 0) await pause(pauseAfter(error, failures), signal)
  }
}

async function holdStream(
  reader: EventReader,
  tabs: Tabs,
  signal: AbortSignal,
  round: { opened: number },
): Promise<void> {
  const stream = await openStream(reader.channel, reader.place, signal)
  round.opened = performance.now()
  reader.become('live')
  tell(reader, tabs)
  const onSign: Parameters<typeof readStream>[1]['onSign'] = (events) => {
    const last = events.at(-1)
    if (last) {
      const batch = { after: reader.cursor, cursor: last.seq, events }
      reader.take(batch)
      tabs.send({ name: 'batch', batch })
    } else tell(reader, tabs)
    reader.reports.onSign()
  }
  await readStream(stream, { onSign, signal })
}

/** A stream that cannot be held is replaced by pages; a server that gives no pages either does not answer. */
function stateAfter(error: unknown, hasCaughtUp: boolean, failures: number, state: EventReader['state']) {
  if (!hasCaughtUp) return isOutage(error) ? 'out' : 'off'
  const isFull = error instanceof Problem && error.status === 503
  return isFull || failures >= MANY || state === 'out' ? 'polling' : state
}

function pauseAfter(error: unknown, failures: number): number {
  const asked = error instanceof Problem ? error.retryAfter : undefined
  return asked ?? (failures < MANY ? 500 * 2 ** failures : SLOWLY)
}
