import { createLocalForwarder } from '../cloud/embedded/forwarder.ts'
import type { Cloud } from '../cloud/embedded/open-cloud.ts'
import { FORWARDER } from '../cloud/registry/webhooks.ts'
import { eventsSecrets } from '../contract/protocol/events-secrets.ts'
import { keyMatcher } from '../edge/auth/secret-keys.ts'
import type { EdgeFunction } from './edge-function.ts'
import { inTurn } from './in-turn.ts'

/** How often batches that wait for a retry, or were missed, are looked for, milliseconds. */
const EVERY_MS = 3_000

/**
 * Sends the feed to its destinations from this process, as soon as the database announces events. It does not run in
 * Deno:
 * a developer's destination may have any address, while functions in Deno may connect to this machine alone.
 * @returns the function `registry_events_forward`, for holders of the secret key. `begin` looks for what waits since an
 * earlier run. Closing it ends the deliveries under way, which are sent again at the next start
 * @throws Failure CONFIG for an invalid NOFX_EVENTS_SECRET
 */
export async function forwardInDev(
  cloud: Cloud,
  { log, everyMs = EVERY_MS }: { log: (line: object) => void; everyMs?: number },
): Promise<EdgeFunction & { begin: () => void }> {
  const { secret } = cloud.keys
  const isSecret = keyMatcher([secret])
  const closing = new AbortController()
  const fetch = createLocalForwarder(cloud, {
    secrets: eventsSecrets(process.env),
    isTrusted: ({ headers }) => isSecret(headers.get('apikey') ?? ''),
    signal: closing.signal,
    log,
  })
  const forwarding = inTurn(async () => {
    if (!closing.signal.aborted) await fetch(forwardRequest(secret))
  })
  const unlisten = await cloud.listen('nofx_events', forwarding.ask)
  const timer = setInterval(forwarding.ask, everyMs).unref()
  return {
    fetch,
    begin: forwarding.ask,
    close: async () => {
      closing.abort()
      clearInterval(timer)
      await forwarding.idle()
      await unlisten()
    },
  }
}

function forwardRequest(secret: string): Request {
  return new Request(`http://embedded.localhost/functions/v1/${FORWARDER}`, {
    method: 'POST',
    headers: { apikey: secret, 'content-type': 'application/json' },
    body: '{"action":"forward"}',
  })
}
