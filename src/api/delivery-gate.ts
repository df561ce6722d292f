import { Failure } from '../contract/failure.ts'
import { TOLERANCE } from '../contract/protocol/signature.ts'
import { MAX_DELIVERY } from '../contract/protocol/webhooks.ts'
import { checkDelivery, refuseDelivery } from './events/check-delivery.ts'
import { describeTrouble, problemResponse } from './http/problem.ts'
import { readRequestId } from './http/request-id.ts'
import { readSettings } from './settings.ts'

export interface DeliveryGatePorts {
  secrets: readonly string[]
  /** Whether it is the first time that any instance sees the id. */
  claim: (id: string) => Promise<boolean>
  /** Milliseconds since 1970. */
  now?: () => number
}

/** The answer for what is refused; undefined lets it pass. */
export type DeliveryGate = (request: Request) => Promise<Response | undefined>

/** Ids that one instance remembers, so that a flood of replays costs nobody else anything. */
const REMEMBERED = 10_000

/** Longest wait for the registry's word on an id, milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Refuses every delivery that is not the forwarder's own, now and for the first time, before any function runs. The
 * body is read, and the request stays as it is for whoever comes next.
 */
export function createDeliveryGate({ secrets, claim, now = Date.now }: DeliveryGatePorts): DeliveryGate {
  const seen = new Map<string, number>()

  async function check(request: Request): Promise<void> {
    const { headers } = request
    if (!/^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? ''))
      throw refuseDelivery('unsigned')
    if (secrets.length === 0 || !headers.has('webhook-signature')) throw refuseDelivery('unsigned')
    const id = checkDelivery(headers, await readBody(request), secrets, now())
    if (seen.has(id)) throw refuseDelivery('replayed')
    remember(id)
    const first = await claim(id).catch((error: unknown) => {
      seen.delete(id)
      throw new Failure('REMOTE_FAILED', 'the registry did not record the delivery', 'try again', {
        cause: error,
      })
    })
    if (!first) throw refuseDelivery('replayed')
  }

  function remember(id: string): void {
    const forget = now() - 2 * TOLERANCE * 1000
    for (const [old, at] of seen) {
      if (at > forget && seen.size < REMEMBERED) break
      seen.delete(old)
    }
    seen.set(id, now())
  }

  return async (request) => {
    try {
      await check(request)
      return undefined
    } catch (error) {
      return problemResponse(describeTrouble(error), readRequestId(request.headers))
    }
  }
}

/** No more than a delivery can have is read, whatever its length is said to be. */
async function readBody(request: Request): Promise<Uint8Array> {
  const reader = request.clone().body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value)
    size += part.value.length
    if (size <= MAX_DELIVERY) continue
    // Not waited for: a clone is not given up before the request itself is.
    void reader?.cancel().catch(() => {})
    break
  }
  return Buffer.concat(chunks)
}

/**
 * The gate of a deployment beside a hosted Supabase project. Without NOFX_EVENTS_SECRET everything is refused, and what
 * else is missing is nobody's business.
 */
export function hostedDeliveryGate(env: NodeJS.ProcessEnv): DeliveryGate {
  if (!env.NOFX_EVENTS_SECRET) return createDeliveryGate({ secrets: [], claim: async () => false })
  try {
    const { url, eventsSecrets, secretKeys } = readSettings(env)
    return createDeliveryGate({ secrets: eventsSecrets, claim: claimAt(url, secretKeys[0]) })
  } catch (error) {
    return async ({ headers }) => problemResponse(describeTrouble(error), readRequestId(headers))
  }
}

/** Asks the database, without the client that would make every start of the middleware longer. */
function claimAt(url: string, key: string): DeliveryGatePorts['claim'] {
  return async (id) => {
    const answer = await fetch(`${url}/rest/v1/rpc/registry_claim_delivery`, {
      method: 'POST',
      headers: { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ p_place: 'gate', p_id: id }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    return (await answer.json()) === true
  }
}
