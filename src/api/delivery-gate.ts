import { Failure } from '../contract/failure.ts'
import { TOLERANCE } from '../contract/protocol/signature.ts'
import { MAX_DELIVERY } from '../contract/protocol/webhooks.ts'
import { isJson } from '../edge/http/json-body.ts'
import { checkDelivery, refuseDelivery } from './events/check-delivery.ts'
import { describeTrouble, problemResponse } from './http/problem.ts'
import { readRequestId } from './http/request-id.ts'
import { readSettings } from './settings.ts'

export interface DeliveryGatePorts {
  secrets: readonly string[]
  /** Records an id; returns whether no instance has seen it before. */
  claim: (id: string) => Promise<boolean>
  /** Milliseconds since 1970. */
  now?: () => number
}

/** Returns the refusal of a delivery; undefined lets it pass. */
export type DeliveryGate = (request: Request) => Promise<Response | undefined>

/** Ids that one instance remembers, so that a flood of replays does not reach the database. */
const REMEMBERED = 10_000

/** The longest wait for the registry's answer about an id, milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Refuses, before any function runs, every delivery that is not the forwarder's own, recent and new. A copy of the body
 * is read; the request itself stays unread for the next handler.
 */
export function createDeliveryGate({ secrets, claim, now = Date.now }: DeliveryGatePorts): DeliveryGate {
  const deliveries = new Map<string, number>()

  async function check(request: Request): Promise<void> {
    const { headers } = request
    const isSigned = isJson(headers) && headers.has('webhook-signature')
    if (secrets.length === 0 || !isSigned) throw refuseDelivery('unsigned')
    const id = checkDelivery(headers, await readDelivery(request), secrets, now())
    if (deliveries.has(id)) throw refuseDelivery('replayed')
    remember(id)
    const first = await claim(id).catch((error: unknown) => {
      deliveries.delete(id)
      throw new Failure('REMOTE_FAILED', 'the registry did not record the delivery', 'try again', {
        cause: error,
      })
    })
    if (!first) throw refuseDelivery('replayed')
  }

  function remember(id: string): void {
    const forget = now() - 2 * TOLERANCE * 1000
    for (const [old, at] of deliveries) {
      if (at > forget && deliveries.size < REMEMBERED) break
      deliveries.delete(old)
    }
    deliveries.set(id, now())
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

/** Reads at most the size of a delivery, whatever the declared length. */
async function readDelivery(request: Request): Promise<Uint8Array> {
  const reader = request.clone().body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value)
    size += part.value.length
    if (size <= MAX_DELIVERY) continue
    // Not awaited: the copy's cancellation settles only together with that of the request itself.
    void reader?.cancel().catch(() => {})
    break
  }
  return Buffer.concat(chunks)
}

/**
 * The gate of a deployment beside a hosted Supabase project. Without NOFX_EVENTS_SECRET every delivery is refused
 * before the other variables are read.
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

/** Calls the database with `fetch`, since loading the client would make every start of the middleware slower. */
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
