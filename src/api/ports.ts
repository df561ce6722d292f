import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as yaml from 'yaml'
import { type DeployHook, ringDeployHook } from '../cloud/hosted/deploy-hook.ts'
import { createRegistry } from '../cloud/registry/supabase-registry.ts'
import type { Kind } from '../contract/kind.ts'
import { inPreview } from '../contract/protocol/preview.ts'
import type { Registry } from '../core/registry/registry.ts'
import { createAuthenticate } from '../edge/auth/authenticate.ts'
import type { Authenticate } from '../edge/auth/principal.ts'
import { userPublishes } from '../edge/auth/user-publishes.ts'
import { removeWith } from '../edge/handlers/preview-storage.ts'
import { createSyncHandler } from '../edge/handlers/sync-handler.ts'
import { withoutRealtime } from '../edge/http/client-options.ts'
import { agents } from '../plugins/agents/kind.ts'
import { templates } from '../plugins/templates/kind.ts'
import { createEventBus, type EventBus } from './events/event-bus.ts'
import { purgeCache } from './events/purge-cache.ts'
import { createStreamSlots, type StreamLimits, type StreamSlots } from './events/stream-slots.ts'
import { createLimiter, type Limiter } from './http/limiter.ts'
import { readSeq } from './reads/read-heads.ts'
import { readSettings } from './settings.ts'

/** One environment: production, or a preview. */
export interface Environment {
  /**
   * A client with the publishable key, whose reads row level security decides; with a publisher's `authorization`
   * header it has the publisher's rights.
   */
  reader: (authorization?: string) => SupabaseClient
  /** With the secret key: sees everything and may call the registry's functions. */
  service: SupabaseClient
  /** Over `service`, with the sync handler in this process. */
  registry: Registry
  /** Wakes the streams of this instance. */
  bus: EventBus
}

/** Everything that the API needs from outside: hosted Supabase, or the embedded cloud. */
export interface ApiPorts extends Environment {
  kinds: readonly Kind[]
  /** What the same means in a preview of this name, which need not be there. Nobody but publishers may have it. */
  inPreview: (name: string) => Environment
  authenticate: Authenticate
  /** Counts requests by caller; undefined counts nothing. */
  limiter?: Limiter
  /** Whether the platform in front sets `x-forwarded-for` itself, so that it tells a caller's address. */
  forwarded?: boolean
  /** How many streams there may be at once. */
  streams: StreamSlots
  /** What signed news of the registry does here; without it there are none. */
  deliveries?: Deliveries
  /** Rung when something is promoted in production. */
  deployHook?: DeployHook
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
  extends Pick<
    ApiPorts,
    'kinds' | 'authenticate' | 'limiter' | 'forwarded' | 'deliveries' | 'deployHook' | 'log'
  > {
  /** Of the project: its `/rest/v1` and `/storage/v1` are called. */
  url: string
  publishableKey: string
  secretKey: string
  streams?: Partial<StreamLimits>
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/** How long a deploy hook is tried, so that the caller still hears of the promotion. */
const RING_WITHIN_MS = 15_000

/** A call that takes longer is given up, so that the caller gets an answer before the platform ends the function. */
const ANSWER_WITHIN_MS = 8_000

type PortsFetch = PortsOptions['fetch']

/** Ports over anything that serves Supabase's interfaces. Opens no connection yet. */
export function createPorts(options: PortsOptions): ApiPorts {
  const { url, publishableKey, secretKey, fetch: call, streams, ...rest } = options
  const fetch = notRepeated(call)
  return {
    ...rest,
    ...environmentOver(options, fetch),
    inPreview: (name) => environmentOver(options, inPreview(name, fetch), name),
    streams: createStreamSlots(streams),
  }
}

/** The environment that calls of `fetch` end in: production, or `preview`. */
function environmentOver(options: PortsOptions, fetch: PortsFetch, preview?: string): Environment {
  const { url, publishableKey, secretKey, kinds, log } = options
  const anonymous = createClient(url, publishableKey, withoutRealtime(fetch))
  const service = createClient(url, secretKey, withoutRealtime(fetch))
  const callFunction = createSyncHandler({
    kinds,
    log,
    rpc: async (name, args) => service.rpc(name, args),
    remove: removeWith(service),
    yaml: () => yaml,
  })
  return {
    reader: (authorization) => {
      if (authorization === undefined) return anonymous
      const { global, ...others } = withoutRealtime(fetch)
      return createClient(url, publishableKey, {
        ...others,
        global: { ...global, headers: { authorization } },
      })
    },
    service,
    // A preview does not tell readers even its number.
    bus: createEventBus({ newest: () => readSeq(service) }),
    registry: createRegistry({ client: service, label: 'the registry', callFunction, preview }),
  }
}

/**
 * supabase-js repeats a read that got no answer for 7 seconds, unless it was aborted. Whoever waits for us hears at once
 * that there is no answer, and may ask again.
 */
function notRepeated(fetch: PortsFetch): PortsFetch {
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
  const settings = readSettings(env)
  const { url, publishableKey, secretKeys, jwtSecret, limits, streams, eventsSecrets } = settings
  const { deployHookUrl: hook, forwarded } = settings
  const [secretKey] = secretKeys
  const fetch: PortsFetch = (input, init) => {
    const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late
    return globalThis.fetch(input, { ...init, signal })
  }
  const service = createClient(url, secretKey, withoutRealtime(notRepeated(fetch)))
  const isCurrent = userPublishes(async (name, args) => service.rpc(name, args))
  return createPorts({
    url,
    publishableKey,
    secretKey,
    kinds: [agents, templates],
    fetch,
    authenticate: createAuthenticate({
      secretKeys,
      publisher: { issuer: `${url}/auth/v1`, jwtSecret, isCurrent },
    }),
    limiter: createLimiter(limits),
    forwarded,
    deliveries: { secrets: eventsSecrets, purge: purgeCache },
    deployHook: hook === undefined ? undefined : () => ringDeployHook(hook, { withinMs: RING_WITHIN_MS }),
    streams,
    log: (line) => console.log(JSON.stringify(line)),
  })
}
