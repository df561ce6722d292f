import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as yaml from 'yaml'
import { type DeployHook, ringDeployHook } from '../cloud/hosted/deploy-hook.ts'
import type { CallFunction } from '../cloud/registry/post-function.ts'
import { createRegistry } from '../cloud/registry/supabase-registry.ts'
import { FORWARDER } from '../cloud/registry/webhooks.ts'
import type { Kind } from '../contract/kind.ts'
import { inPreview } from '../contract/protocol/preview.ts'
import type { Registry } from '../core/registry/registry.ts'
import { createAuthenticate } from '../edge/auth/authenticate.ts'
import type { Authenticate } from '../edge/auth/principal.ts'
import { userPublishes } from '../edge/auth/user-publishes.ts'
import { removeWith } from '../edge/handlers/preview-storage.ts'
import { createSyncHandler } from '../edge/handlers/sync-handler.ts'
import { withoutRealtime } from '../edge/http/client-options.ts'
import { createEventBus, type EventBus } from './events/event-bus.ts'
import { purgeCache } from './events/purge-cache.ts'
import { createStreamSlots, type StreamLimits, type StreamSlots } from './events/stream-slots.ts'
import { createLimiter, type Limiter } from './http/limiter.ts'
import type { NewestEvent } from './http/tags.ts'
import { OWN_KINDS } from './own-kinds.ts'
import type { Runs } from './reads/run-shapes.ts'
import { createHostedSessions } from './session/hosted-sessions.ts'
import type { Sessions } from './session/sessions.ts'
import { readSettings } from './settings.ts'
import { type AnswerCache, createAnswerCache } from './unchanged/answer-cache.ts'
import { createDefinitionAnswers, type DefinitionAnswers } from './unchanged/definition-answers.ts'
import { readDirectly, readMoves, readNewest, shareReads } from './unchanged/newest.ts'

/** One environment: production, or a preview. */
export interface ApiEnvironment {
  /**
   * A client with the publishable key, whose reads row level security limits; with a publisher's `authorization` header
   * it has the publisher's rights.
   */
  reader: (authorization?: string) => SupabaseClient
  /** A client with the secret key: sees everything and may call the registry's functions. */
  service: SupabaseClient
  /** The registry port over `service`, with the sync handler in this process. */
  registry: Registry
  /** Wakes the streams of this instance. */
  bus: EventBus
  /** The newest event of the registry, as it is now. */
  newest: () => Promise<NewestEvent>
}

/** Everything that the API needs from outside: hosted Supabase, or the embedded cloud. */
export interface ApiPorts extends ApiEnvironment {
  kinds: readonly Kind[]
  /** The authorization server whose tokens publishers send. */
  issuer: string
  /** The environment of a preview, which may not exist. Only for publishers. */
  inPreview: (name: string) => ApiEnvironment
  authenticate: Authenticate
  /** Counts requests by caller; without it requests are not limited. */
  limiter?: Limiter
  /** Whether the platform in front sets `x-forwarded-for` itself, so that the header is reliable. */
  forwarded?: boolean
  /** Answers that are given again while the registry is unchanged; without it each is composed. */
  answers?: AnswerCache
  /** The same for answers about one definition, which are given again until it moves. */
  definitions?: DefinitionAnswers
  /** Limits the open streams. */
  streams: StreamSlots
  /** Handles signed deliveries of the feed; without it they are refused. */
  deliveries?: Deliveries
  /** Called when a definition is promoted in production. */
  deployHook?: DeployHook
  /** Logs one line for each request, for machines. */
  log?: (line: Record<string, unknown>) => void
  /** Who is signed in at the console; without it only credentials in requests count. */
  sessions?: Sessions
  /** What people call this registry. */
  place?: DeploymentPlace
  /** Host names of pages that may call the MCP server, beside its own. */
  mcpOrigins?: readonly string[]
  /** What this place cannot do, of what others can. */
  lacks?: readonly ('previews' | 'webhook-tests')[]
  /** The runs of workers; without it this place does not see any. */
  runs?: Runs
}

/** Where the API runs, for people. */
export interface DeploymentPlace {
  environment: 'dev' | 'hosted'
  /** The host of the request unless given. */
  name?: string
}

/** How the deployment handles signed deliveries of the feed. */
export interface Deliveries {
  /** The valid secrets; without any, every delivery is refused. */
  secrets: readonly string[]
  /** Deletes the answers with one of the tags from caches. */
  purge: (tags: readonly string[]) => Promise<void>
}

/** The differences between hosted Supabase and the embedded cloud. */
export interface PortsOptions
  extends Pick<
    ApiPorts,
    | 'kinds'
    | 'authenticate'
    | 'limiter'
    | 'forwarded'
    | 'deliveries'
    | 'deployHook'
    | 'log'
    | 'sessions'
    | 'place'
    | 'mcpOrigins'
    | 'runs'
  > {
  /** The project's URL: its `/rest/v1` and `/storage/v1` are called. */
  url: string
  publishableKey: string
  secretKey: string
  streams?: Partial<StreamLimits>
  /** Reads the newest event in a faster way than over REST. */
  readNewest?: () => Promise<NewestEvent | undefined>
  /** Calls the function that sends the feed; without it webhooks are listed, and not tested. */
  callForwarder?: CallFunction
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
}

/** Time limit for a deploy hook, milliseconds, so that the caller still gets the answer of the promotion. */
const RING_WITHIN_MS = 15_000

/** Time limit of a call, milliseconds, so that the caller gets an answer before the platform ends the function. */
const ANSWER_WITHIN_MS = 8_000

type PortsFetch = PortsOptions['fetch']

/** Ports over any server with Supabase's interfaces. Opens no connection yet. */
export function createPorts(options: PortsOptions): ApiPorts {
  const { url, publishableKey, secretKey, fetch: call, streams, callForwarder: _, ...rest } = options
  const fetch = notRepeated(call)
  const production = environmentOver(options, fetch)
  return {
    ...rest,
    ...production,
    answers: createAnswerCache(),
    definitions: createDefinitionAnswers({ readMoves: (since) => readMoves(production.service, since) }),
    lacks: options.callForwarder === undefined ? ['webhook-tests'] : [],
    issuer: `${url}/auth/v1`,
    inPreview: (name) => environmentOver(options, inPreview(name, fetch), name),
    streams: createStreamSlots(streams),
  }
}

/** The environment that calls of `fetch` reach: production, or `preview`. */
function environmentOver(options: PortsOptions, fetch: PortsFetch, preview?: string): ApiEnvironment {
  const { url, publishableKey, secretKey, kinds, log, callForwarder } = options
  const anonymous = createClient(url, publishableKey, withoutRealtime(fetch))
  const service = createClient(url, secretKey, withoutRealtime(fetch))
  const direct = preview === undefined ? options.readNewest : undefined
  const newest = shareReads(() => (direct ? readDirectly(direct) : readNewest(service)))
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
    bus: createEventBus({ newest: async () => (await newest()).seq }),
    newest,
    registry: createRegistry({
      client: service,
      label: 'the registry',
      callFunction,
      callForwarder,
      preview,
    }),
  }
}

/**
 * Turns supabase-js's retries off: it repeats a read without an answer for 7 seconds unless it was aborted. The API's
 * caller gets the failure at once instead, and may retry.
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
export function hostedPorts(env: NodeJS.ProcessEnv, kinds: readonly Kind[] = OWN_KINDS): ApiPorts {
  const settings = readSettings(env)
  const { url, publishableKey, secretKeys, jwtSecret, limits, streams, eventsSecrets } = settings
  const { deployHookUrl: hook, forwarded, consolePassword: password, name, mcpOrigins } = settings
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
    kinds,
    fetch,
    authenticate: createAuthenticate({
      secretKeys,
      publisher: { issuer: `${url}/auth/v1`, jwtSecret, isCurrent },
    }),
    limiter: createLimiter(limits),
    forwarded,
    deliveries: { secrets: eventsSecrets, purge: purgeCache },
    callForwarder: (request) => {
      const authorized = new Request(`${url}/functions/v1/${FORWARDER}`, request)
      authorized.headers.set('apikey', secretKey)
      return fetch(authorized)
    },
    deployHook: hook === undefined ? undefined : () => ringDeployHook(hook, { withinMs: RING_WITHIN_MS }),
    streams,
    sessions: createHostedSessions({ url, publishableKey, fetch, providers: ['github'], password }),
    place: { environment: 'hosted', name },
    mcpOrigins,
    log: (line) => console.log(JSON.stringify(line)),
  })
}
