import type { Kind } from '../contract/kind.ts'
import { type DeliveryGate, hostedDeliveryGate } from './delivery-gate.ts'
import { entry } from './entry.ts'
import { gate, isDelivery } from './http/gate.ts'
import { OWN_KINDS } from './own-kinds.ts'
import { ROUTES } from './routes/routes.ts'

export interface RegistryApiOptions {
  /** Kinds of plugins, which are served beside agents and templates. */
  kinds?: readonly Kind[]
  /** The variables of the deployment; those of the process unless given. */
  env?: Readonly<Record<string, string | undefined>>
  /** Receives a line for each request, for machines; unless given, it is printed as JSON. */
  log?: (line: Record<string, unknown>) => void
}

/** A web-standard handler of requests. */
export interface RegistryApi {
  fetch(request: Request): Promise<Response>
}

/**
 * The whole HTTP API in one function, with the checks that come before it: for a deployment of your own, on Vercel or
 * any server with `Request` and `Response`. Nothing is read or opened before the first request; when the deployment
 * lacks a variable, the answer names it.
 */
export function createRegistryApi(options: RegistryApiOptions = {}): RegistryApi {
  const { kinds = [], env = process.env, log } = options
  const place = { env, kinds: [...OWN_KINDS, ...kinds], ...(log ? { log } : {}) }
  const api = entry(ROUTES, [REWRITTEN], place)
  let opened: DeliveryGate | undefined
  return {
    async fetch(request) {
      if (isDelivery(request)) opened ??= hostedDeliveryGate(env)
      const forged = isDelivery(request) ? await opened?.(request) : undefined
      return forged ?? gate(request) ?? api.fetch(request)
    },
  }
}

/** The parameter in which Vercel repeats the path after a rewrite of `/api/:path*`. */
const REWRITTEN = 'path'
