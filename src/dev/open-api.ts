import { basename, join } from 'node:path'
import { createApi } from '../api/app.ts'
import { createDeliveryGate } from '../api/delivery-gate.ts'
import { gate, isDelivery } from '../api/http/gate.ts'
import { type ApiPorts, createPorts } from '../api/ports.ts'
import { createDevSessions } from '../api/session/dev-sessions.ts'
import type { CodeSignIn } from '../api/session/sessions.ts'
import { EVENTS_CHANNEL, parseLastSeq } from '../cloud/embedded/events-channel.ts'
import { createLocalForwarder } from '../cloud/embedded/forwarder.ts'
import type { Cloud } from '../cloud/embedded/open-cloud.ts'
import type { Kind } from '../contract/kind.ts'
import { eventsSecrets } from '../contract/protocol/events-secrets.ts'
import { liveHolder } from '../core/disk/lock.ts'
import { createAuthenticate } from '../edge/auth/authenticate.ts'
import { userPublishes } from '../edge/auth/user-publishes.ts'
import { createRunReader } from '../worker/runs/open-runs.ts'

/** The API of `nofx dev`. */
export interface DevApi {
  fetch(request: Request): Promise<Response>
  /** Ends the event streams, which would stay open for long. */
  endStreams(): void
  /** The codes that sign a browser in at the console. */
  codes: CodeSignIn | undefined
}

export interface DevApiOptions {
  kinds: readonly Kind[]
  url: string
  /** The project's folder: its name is the name for people, and its runs are shown. */
  root: string
  /** Who signs in at the console, for the history. */
  actor: string
  log: (line: object) => void
}

/**
 * The HTTP API over an open cloud: the handlers that Vercel runs, behind the middleware that it runs. Requests are not
 * limited, so that a developer can test freely. Streams wake at the database's notifications.
 */
export async function openApi(cloud: Cloud, options: DevApiOptions): Promise<DevApi> {
  const { listen, client } = cloud
  const secrets = eventsSecrets(process.env)
  const ports = openPorts(cloud, secrets, options)
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
    codes: ports.sessions?.codes,
  }
}

/** What the API needs, from the cloud of this process. */
function openPorts(
  cloud: Cloud,
  secrets: readonly string[],
  { kinds, url, root, actor, log }: DevApiOptions,
): ApiPorts {
  const { fetch, client, keys } = cloud
  const { publishable: publishableKey, secret: secretKey, jwtSecret } = keys
  const issuer = `${url}/auth/v1`
  const isCurrent = userPublishes(async (name, args) => client.rpc(name, args))
  const publisher = { issuer, jwtSecret, jwks: { keys: [] }, isCurrent }
  return createPorts({
    kinds,
    url,
    fetch,
    log,
    publishableKey,
    secretKey,
    authenticate: createAuthenticate({ secretKeys: [secretKey], publisher }),
    // `nofx dev` has no cache to purge.
    deliveries: { secrets, purge: async () => {} },
    callForwarder: createLocalForwarder(cloud, { secrets }),
    readNewest: cloud.readNewest,
    sessions: createDevSessions({ jwtSecret, issuer, actor }),
    place: { environment: 'dev', name: basename(root) },
    runs: createRunReader(join(root, '.nofx'), isHeld),
  })
}

/** Whether a process holds a lock file. */
const isHeld = async (lock: string): Promise<boolean> => (await liveHolder(lock)) !== undefined
