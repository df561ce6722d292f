import type { Attempt, Forwarded } from '../../contract/protocol/webhooks.ts'
import { call, type Rpc } from '../http/rpc.ts'
import { eventsMessage, type Leased, leaseSchema } from './message.ts'
import { secondsIn } from './retry-after.ts'
import { type Outgoing, type Send, Unsent } from './send.ts'

export interface ForwardPorts {
  rpc: Rpc
  send: Send
  /** What deployments' deliveries are signed with; while it is rotated there are several. */
  secrets: readonly string[]
  /** Milliseconds since 1970, for signatures alone: what is due is decided by the database's clock. */
  now?: () => number
  /** Longest wait for one answer, milliseconds. */
  patienceMs?: number
  /** Ends what is under way: it is not settled, and so sent again. */
  signal?: AbortSignal
  /** One line a delivery, for machines. It names the webhook by its id: a URL may be a secret itself. */
  log?: (line: Record<string, unknown>) => void
}

export interface ForwardOptions {
  /** After this nothing new is begun, milliseconds. */
  budgetMs: number
}

const PATIENCE_MS = 10_000
const AT_ONCE = 20
/** Batches of one call, for the sake of a platform that counts the processor's time. */
const MOST = 500
/** While some destinations have not answered, what becomes due for others waits at most this long, milliseconds. */
const LOOK_AGAIN_MS = 250
/** How long after the last moment of an answer a lease still lasts, so that it can be settled. */
const MARGIN_MS = 20_000

/**
 * Delivers what is due, several destinations at once and each in order, until nothing is due or the budget is used up.
 * A destination that is slow takes one of the places and holds up nobody else. At least once: a forwarder that dies
 * between a POST and its settlement leaves a batch that is sent again, with the same id.
 * @throws Refusal when the database does not answer; what was leased is leased again later
 */
export async function forwardEvents(ports: ForwardPorts, { budgetMs }: ForwardOptions): Promise<Forwarded> {
  const { patienceMs = PATIENCE_MS, signal } = ports
  const seconds = Math.ceil((patienceMs + MARGIN_MS) / 1000)
  const until = performance.now() + budgetMs
  const done: Forwarded = { delivered: 0, failed: 0, dead: 0, disabled: 0 }
  const running = new Set<Promise<void>>()
  let begun = 0
  let ended = 0
  try {
    while (!signal?.aborted && performance.now() < until && begun < MOST) {
      const limit = Math.min(AT_ONCE - running.size, MOST - begun)
      const endedBefore = ended
      const { looked, deliveries } = leaseSchema.parse(
        await call(ports.rpc, 'registry_lease_deliveries', { p_request: { limit, seconds } }),
      )
      begun += deliveries.length
      for (const leased of deliveries) {
        const task = deliver(leased, ports, done).finally(() => {
          running.delete(task)
          ended++
        })
        running.add(task)
      }
      // What ended while the database was asked may have more, which this answer does not know of.
      if ((looked > 0 || ended > endedBefore) && running.size < AT_ONCE) continue
      if (running.size === 0) break
      await oneEnds(running, LOOK_AGAIN_MS)
    }
  } finally {
    await Promise.all(running)
  }
  return done
}

/** A destination that finishes may have more due; others may have more while none finishes. */
async function oneEnds(running: ReadonlySet<Promise<void>>, atMostMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, atMostMs)
  })
  await Promise.race([...running, late])
  clearTimeout(timer)
}

/** Posts a batch and settles it. Never throws: what cannot be settled is sent again after its lease. */
async function deliver(leased: Leased, ports: ForwardPorts, done: Forwarded): Promise<void> {
  const { webhook, lease, since, cursor, events } = leased
  const line = { event: 'registry_delivery', webhook, since, cursor, events: events.length }
  const tried = await attempt(ports, (now) => eventsMessage(leased, ports.secrets, now))
  const outcome = tried.error === undefined ? 'delivered' : tried.status === 410 ? 'gone' : 'failed'
  const { ms, ...result } = tried
  if (ports.signal?.aborted && outcome === 'failed') return
  try {
    const p_request = { webhook, lease, outcome, ...result }
    const settled = (await call(ports.rpc, 'registry_settle_delivery', { p_request })) as Settled
    if (settled.outcome !== undefined) done[settled.outcome === 'gone' ? 'disabled' : settled.outcome]++
    ports.log?.({ ...line, ...result, outcome: settled.outcome ?? 'too late', ms })
  } catch {
    ports.log?.({ ...line, ...result, outcome: 'unsettled', ms })
  }
}

interface Settled {
  settled: boolean
  outcome?: 'delivered' | 'failed' | 'dead' | 'gone'
}

/** Makes a message and posts it: what came of it, as data. */
export async function attempt(
  { send, now = Date.now, patienceMs = PATIENCE_MS, signal }: ForwardPorts,
  make: (now: number) => Outgoing,
): Promise<Attempt> {
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    const late = AbortSignal.timeout(patienceMs)
    let header: string | undefined
    const onRetryAfter = (said: string) => {
      header = said
    }
    const status = await send(make(now()), signal ? AbortSignal.any([signal, late]) : late, onRetryAfter)
    const error = problemOf(status)
    if (error === undefined) return { status, ms: took() }
    const retryAfter = status === 429 || status === 503 ? secondsIn(header, now()) : undefined
    return { status, ms: took(), error, ...(retryAfter === undefined ? {} : { retryAfter }) }
  } catch (error) {
    const known = error instanceof Unsent ? error.message : 'it cannot be reached'
    return { status: null, ms: took(), error: known }
  }
}

function problemOf(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status >= 300 && status < 400) return `it answered ${status}: redirects are not followed`
  return `it answered ${status}`
}
