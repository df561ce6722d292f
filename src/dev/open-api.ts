import { createApi } from '../api/app.ts'
import { createDeliveryGate } from '../api/delivery-gate.ts'
import { gate, isDelivery } from '../api/http/gate.ts'
import { createPorts } from '../api/ports.ts'
import { EVENTS_CHANNEL, parseLastSeq } from '../cloud/embedded/events-channel.ts'
import type { Cloud } from '../cloud/embedded/open-cloud.ts'
import { eventsSecrets } from '../cloud/registry/events-secrets.ts'
import type { Kind } from '../contract/kind.ts'
import { createAuthenticate } from '../edge/auth/authenticate.ts'
import { userPublishes } from '../edge/auth/user-publishes.ts'

/** The API of `nofx dev`. */
export interface DevApi {
  fetch(request: Request): Promise<Response>
  /** Ends the event streams, which would stay open for long. */
  endStreams(): void
}

/**
 * The HTTP API over an open cloud: the handlers that Vercel runs, behind the middleware that it runs. Requests are not
 * limited, so that a developer can test freely. Streams wake at the database's notifications.
 */
export async function openApi(
  { fetch, listen, client, keys: { publishable, secret, jwtSecret } }: Cloud,
  { kinds, url, log }: { kinds: readonly Kind[]; url: string; log: (line: object) => void },
): Promise<DevApi> {
  const isCurrent = userPublishes(async (name, args) => client.rpc(name, args))
  const publisher = { issuer: `${url}/auth/v1`, jwtSecret, jwks: { keys: [] }, isCurrent }
  const authenticate = createAuthenticate({ secretKeys: [secret], publisher })
  const keys = { publishableKey: publishable, secretKey: secret }
  const secrets = eventsSecrets(process.env)
  // `nofx dev` has no cache to purge.
  const deliveries = { secrets, purge: async () => {} }
  const ports = createPorts({ kinds, url, fetch, log, authenticate, deliveries, ...keys })
  const deliveryGate = createDeliveryGate({
    secrets,
    claim: async (id) => {
      const { data, error } = await client.rpc('registry_claim_delivery', { p_place: 'gate', p_id: id })
      if (error) throw error
      return data === true
    },
  })
  const api = createApi(ports)
  await listen(EVENTS_CHANNEL, (payload) => {
    // The event bus also polls, and so finds events whose notification was missed.
    const seq = parseLastSeq(payload)
    if (seq !== undefined) ports.bus.publish(seq)
  })
  return {
    fetch: async (request) =>
      (isDelivery(request) ? await deliveryGate(request) : undefined) ?? gate(request) ?? api.fetch(request),
    endStreams: ports.streams.endAll,
  }
}
