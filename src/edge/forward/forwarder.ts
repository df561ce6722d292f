import type { DeliveryAttempt, Forwarded } from '../../contract/protocol/webhooks.ts'
import { call, type Rpc } from '../http/rpc.ts'
import { eventsMessage, type Leased, leaseSchema } from './message.ts'
import { secondsIn } from './retry-after.ts'
import { type Outgoing, type Send, Unsent } from './send.ts'

export interface ForwardPorts {
  rpc: Rpc
  send: Send
  /** The secrets that sign deliveries to deployments; several during a rotation. */
  secrets: readonly string[]
  /** Milliseconds since 1970, for signatures alone: the database's clock decides what is due. */
  now?: () => number
  /** The longest wait for one answer, milliseconds. */
  patienceMs?: number
  /** Cancels deliveries under way: they are not settled, and are sent again later. */
  signal?: AbortSignal
  /** Logs one line for each delivery, for machines. It names the webhook by its id: a URL may be a secret itself. */
  log?: (line: Record<string, unknown>) => void
}

export interface ForwardOptions {
  /** No delivery begins after this time, milliseconds. */
  budgetMs: number
}

const PATIENCE_MS = 10_000
const AT_ONCE = 20
/** The most batches in one call: the platform limits processor time. */
const MOST = 500
/** How long newly due batches of other destinations wait at most while deliveries are under way, milliseconds. */
const LOOK_AGAIN_MS = 250
/** How long a lease lasts beyond the time limit of an answer, milliseconds, so that it can be settled. */
const MARGIN_MS = 20_000

/**
 * Delivers what is due, several destinations at once and each in order, until nothing is due or the budget is used up.
 * A slow destination occupies one of the parallel slots and does not delay the others. At least once: if a forwarder
 * dies between a POST and its settlement, the batch is sent again with the same id.
 * @throws Refusal when the database does not answer; leased batches are leased again later
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
      // A destination that finished during the query may have more due, which this result does not include.
      if ((looked > 0 || ended > endedBefore) && running.size < AT_ONCE) continue
      if (running.size === 0) break
      await oneEnds(running, LOOK_AGAIN_MS)
    }
  } finally {
    await Promise.all(running)
  }
  return done
}

/**
 * Waits until a destination finishes or the time is over: a destination that finishes may have more due, and so may
 * others meanwhile.
 */
async function oneEnds(running: ReadonlySet<Promise<void>>, atMostMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, atMostMs)
  })
  await Promise.race([...running, late])
  clearTimeout(timer)
}

/** Posts a batch and settles it. Never throws: a batch that cannot be settled is sent again after its lease. */
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

/** Makes a message and posts it; returns the outcome as data. */
export async function attempt(
  { send, now = Date.now, patienceMs = PATIENCE_MS, signal }: ForwardPorts,
  make: (now: number) => Outgoing,
): Promise<DeliveryAttempt> {
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    const late = AbortSignal.timeout(patienceMs)
    let header: string | undefined
    const onRetryAfter = (retryAfter: string) => {
      header = retryAfter
    }
    const status = await send(make(now()), signal ? AbortSignal.any([signal, late]) : late, onRetryAfter)
    const error = explainStatus(status)
    if (error === undefined) return { status, ms: took() }
    const retryAfter = status === 429 || status === 503 ? secondsIn(header, now()) : undefined
    return { status, ms: took(), error, retryAfter }
  } catch (error) {
    const problem = error instanceof Unsent ? error.message : 'it cannot be reached'
    return { status: null, ms: took(), error: problem }
  }
}

function explainStatus(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status >= 300 && status < 400) return `it answered ${status}: redirects are not followed`
  return `it answered ${status}`
}
