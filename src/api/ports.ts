import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as yaml from 'yaml'
import { createRegistry } from '../cloud/supabase-registry.ts'
import type { Kind } from '../core/kind.ts'
import type { Registry } from '../core/registry.ts'
import { createAuthenticate } from '../edge/authenticate.ts'
import { withoutRealtime } from '../edge/client-options.ts'
import type { Authenticate } from '../edge/principal.ts'
import { createSyncHandler } from '../edge/sync-handler.ts'
import { agents } from '../plugins/agents/kind.ts'
import { templates } from '../plugins/templates/kind.ts'
import { createEventBus, type EventBus } from './event-bus.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import { purgeCache } from './purge-cache.ts'
import { readSeq } from './read-heads.ts'
import { readSettings } from './settings.ts'
import { createStreamSlots, type StreamLimits, type StreamSlots } from './stream-slots.ts'

/** Everything that the API needs from outside: hosted Supabase, or the embedded cloud. */
export interface ApiPorts {
  kinds: readonly Kind[]
  /**
   * A client with the publishable key, whose reads row level security decides; with a publisher's `authorization`
   * header it has the publisher's rights.
   */
  reader: (authorization?: string) => SupabaseClient
  /** With the secret key: sees everything and may call the registry's functions. */
  service: SupabaseClient
  /** Over `service`, with the sync handler in this process. */
  registry: Registry
  authenticate: Authenticate
  /** Counts requests by caller; undefined counts nothing. */
  limiter?: Limiter
  /** Wakes the streams of this instance. */
  bus: EventBus
  /** How many streams there may be at once. */
  streams: StreamSlots
  /** What signed news of the registry does here; without it there are none. */
  deliveries?: Deliveries
  /** One line a request, for machines. */
  log?: (line: Record<string, unknown>) => void
}

/** What the deployment does with signed news of the registry. */
export interface Deliveries {
  /** Any of them counts; without one every delivery is refused. */
  secrets: readonly string[]
  /** Makes caches forget the answers that carry one of the tags. */
  purge: (tags: readonly string[]) => Promise<void>
}

/** What differs between hosted Supabase and the embedded cloud when ports are made. */
export interface PortsOptions
  extends Pick<ApiPorts, 'kinds' | 'authenticate' | 'limiter' | 'deliveries' | 'log'> {
  /** Of the project: its `/rest/v1` and `/storage/v1` are called. */
  url: string
  publishableKey: string
  secretKey: string
  streams?: Partial<StreamLimits>
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/** A call that takes longer is given up, so that the caller gets an answer before the platform ends the function. */
const ANSWER_WITHIN_MS = 8_000

/** Ports over anything that serves Supabase's interfaces. Opens no connection yet. */
export function createPorts({
  url,
  publishableKey,
  secretKey,
  fetch: call,
  streams,
  ...rest
}: PortsOptions): ApiPorts {
  const fetch = notRepeated(call)
  const anonymous = createClient(url, publishableKey, withoutRealtime(fetch))
  const service = createClient(url, secretKey, withoutRealtime(fetch))
  const { kinds, log } = rest
  const callFunction = createSyncHandler({
    kinds,
    log,
    rpc: async (name, args) => service.rpc(name, args),
    yaml: () => yaml,
  })
  return {
    ...rest,
    reader: (authorization) => {
      if (authorization === undefined) return anonymous
      const { global, ...options } = withoutRealtime(fetch)
      return createClient(url, publishableKey, {
        ...options,
        global: { ...global, headers: { authorization } },
      })
    },
    service,
    bus: createEventBus({ newest: () => readSeq(anonymous) }),
    streams: createStreamSlots(streams),
    registry: createRegistry({ client: service, label: 'the registry', callFunction }),
  }
}

/**
 * supabase-js repeats a read that got no answer for 7 seconds, unless it was aborted. Whoever waits for us hears at once
 * that there is no answer, and may ask again.
 */
function notRepeated(fetch: PortsOptions['fetch']): PortsOptions['fetch'] {
  return (input, init) =>
    fetch(input, init).catch((error: unknown) => {
      const reason = (error as { cause?: { message?: string } }).cause?.message || String(error)
      throw Object.assign(new Error(reason, { cause: error }), { name: 'AbortError' })
    })
}

/**
 * The ports of a deployment beside a hosted Supabase project.
 * @throws Failure CONFIG that names the variable
 */
export function hostedPorts(env: NodeJS.ProcessEnv): ApiPorts {
  const { url, publishableKey, secretKeys, jwtSecret, limits, streams, eventsSecrets } = readSettings(env)
  const [secretKey] = secretKeys
  return createPorts({
    url,
    publishableKey,
    secretKey,
    kinds: [agents, templates],
    fetch: (input, init) => {
      const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
      const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late
      return globalThis.fetch(input, { ...init, signal })
    },
    authenticate: createAuthenticate({ secretKeys, publisher: { issuer: `${url}/auth/v1`, jwtSecret } }),
    limiter: createLimiter(limits),
    deliveries: { secrets: eventsSecrets, purge: purgeCache },
    streams,
    log: (line) => console.log(JSON.stringify(line)),
  })
}
