import { parseLastSeq } from '../events-channel.ts'
import { buildChange } from './bindings.ts'
import { ANONYMOUS, type RealtimeCaller, SERVICE } from './caller.ts'
import type { FilterRow } from './filter.ts'
import { encode } from './frames.ts'
import { type Channel, fromServer, type Hub } from './hub.ts'
import { PUBLIC_TOPIC, PUBLISHER_TOPIC } from './permissions.ts'

/** The most events in one read; callers with different rights read separately. */
const WINDOW = 500
/** The most broadcasts for one notification; of further events only the last is broadcast. */
const MOST_BROADCASTS = 100
const RETRY_MS = 1000

export interface FeedPorts {
  hub: Hub
  /** The events of a range of seq, both ends included, that this caller may see. */
  read(from: number, to: number, caller: RealtimeCaller): Promise<FilterRow[]>
  /** The seq of the newest event; 0 when there are no events. */
  newest(): Promise<number>
  /** Called with the error of a failed read; the read is retried. */
  onTrouble(error: unknown): void
}

export interface RealtimeFeed {
  /** Handles a notification; an empty one means that notifications may have been missed. */
  wake(payload: string): void
  close(): void
}

/**
 * Sends the channels the events that are written after it was
 * opened: each event once, in order, to callers that may see it.
 * The event numbers have no gaps and follow the commits, so
 * events between two notifications were missed and are read too.
 */
export async function openFeed(ports: FeedPorts): Promise<RealtimeFeed> {
  const teller = createTeller(ports, await ports.newest())
  let working = false
  let retry: NodeJS.Timeout | undefined
  /** Ends of ranges to send; undefined stands for the newest event. */
  const waiting: (number | undefined)[] = []
  const work = async () => {
    if (working) return
    working = true
    try {
      while (waiting.length && !teller.isClosed()) {
        await teller.tell(waiting[0])
        waiting.shift()
      }
    } catch (error) {
      ports.onTrouble(error)
      clearTimeout(retry)
      if (!teller.isClosed()) retry = setTimeout(work, RETRY_MS).unref()
    } finally {
      working = false
    }
  }
  return {
    wake: (payload) => {
      waiting.push(parseLastSeq(payload))
      void work()
    },
    close: () => {
      teller.close()
      clearTimeout(retry)
    },
  }
}

/** Sends everything from the event after `last` to the wanted one, in windows, until it is closed. */
function createTeller(ports: FeedPorts, last: number) {
  let sentSeq = last
  let closed = false
  const tell = async (version: number | undefined) => {
    // A notification may hold any number; events that are not in the table yet are not waited for.
    let to = version
    if (to === undefined || to > sentSeq + WINDOW) {
      const newest = await ports.newest()
      to = Math.min(to ?? newest, newest)
      // A lower number than before: while the connection was lost, the database was replaced by an older one.
      sentSeq = Math.min(sentSeq, newest)
    }
    const broadcasts = createBroadcasts(ports.hub)
    while (sentSeq < to && !closed) {
      const end = Math.min(sentSeq + WINDOW, to)
      broadcasts.add(await tellWindow(ports, sentSeq + 1, end))
      sentSeq = end
    }
    broadcasts.finish()
  }
  const close = () => {
    closed = true
  }
  return { tell, close, isClosed: () => closed }
}

interface VisibleRows {
  /** The rows that anonymous readers see; empty when no channel needs them. */
  everybody: readonly FilterRow[]
  publishers: readonly FilterRow[]
}

/** Reads once for each distinct set of rights before anything is sent, so that a failure is retried as a whole. */
async function tellWindow({ hub, read }: FeedPorts, from: number, to: number): Promise<VisibleRows> {
  const callers = new Map(hub.watchers().map(({ caller }) => [caller.rights, caller]))
  if (hub.has(PUBLIC_TOPIC, false)) callers.set(ANONYMOUS.rights, ANONYMOUS)
  if (hub.has(PUBLISHER_TOPIC, true)) callers.set(SERVICE.rights, SERVICE)
  const rowsByReader = new Map<string, FilterRow[]>()
  await Promise.all(
    [...callers].map(async ([rights, caller]) => rowsByReader.set(rights, await read(from, to, caller))),
  )
  for (const channel of hub.watchers()) {
    for (const row of rowsByReader.get(channel.caller.rights) ?? []) pushChange(channel, row)
  }
  return {
    everybody: rowsByReader.get(ANONYMOUS.rights) ?? [],
    publishers: rowsByReader.get(SERVICE.rights) ?? [],
  }
}

/** Sends one message to all bindings that get the same columns of the row. */
function pushChange(channel: Channel, row: FilterRow): void {
  const wanting = channel.bindings.filter(({ wants }) => wants(row))
  for (const columns of new Set(wanting.map((binding) => binding.columns))) {
    const ids = wanting.filter((binding) => binding.columns === columns).map(({ id }) => id)
    const payload = { ids, data: buildChange(row, columns) }
    const frame = encode(fromServer(channel.name, 'postgres_changes', payload), channel.version)
    if (frame !== undefined) channel.push(frame)
  }
}

/** Collects the broadcasts of one notification. */
function createBroadcasts(hub: Hub) {
  const everybody = createTopic(hub, PUBLIC_TOPIC, false)
  const publishers = createTopic(hub, PUBLISHER_TOPIC, true)
  return {
    add: (visibleRows: VisibleRows) => {
      for (const row of visibleRows.everybody) everybody.add(row)
      for (const row of visibleRows.publishers) publishers.add(row)
    },
    finish: () => {
      everybody.finish()
      publishers.finish()
    },
  }
}

function createTopic(hub: Hub, name: string, isPrivate: boolean) {
  let count = 0
  let last: FilterRow | undefined
  const tell = ({ seq, type, kind, id, version }: FilterRow) =>
    hub.broadcast(name, isPrivate, { event: 'change', payload: { seq, type, kind, id, version } })
  return {
    add: (row: FilterRow) => {
      count += 1
      if (count <= MOST_BROADCASTS) tell(row)
      else last = row
    },
    finish: () => last && tell(last),
  }
}
