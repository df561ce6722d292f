import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import type { Kind } from '../contract/kind.ts'
import type { Principal } from '../edge/auth/principal.ts'
import type { Refusal } from '../edge/http/refusal.ts'
import type { RouteAnswer } from './http/answer.ts'
import type { ApiPorts } from './ports.ts'

/** Answers a request. */
export type Dispatch = (request: Request) => Promise<Response>

/** A request after its checks, as a route receives it. */
export interface RouteCall<P = unknown, Q = unknown, B = unknown> {
  params: P
  query: Q
  body: B
  /** The body as sent, for routes that report positions in it. */
  text: string
  /**
   * The kind named by `:kind` in the path; its existence was checked before. @throws Refusal 404 when it does not exist
   */
  kind: Kind
  /** Reads with the caller's rights: a reader's, a publisher's, or the project's own. */
  client: SupabaseClient
  /** The verified caller; always set when the route's `access` is `publisher`. */
  principal: Principal | undefined
  /** The preview that the request names, which `client` and `ports` work in; undefined for production. */
  env: string | undefined
  /** Aborted when the caller disconnects, where the platform reports it. */
  signal: AbortSignal
  /** The request's headers. The body was read already. */
  headers: Headers
  /** The URL as sent, for links to other pages. */
  url: URL
  requestId: string
  /** The request as sent; its body is unread only when the route declares none. */
  request: Request
  /** Sends a request to the whole API, which checks it like any other. */
  dispatch: Dispatch
  ports: ApiPorts
  /** The ports of production, also when the request names a preview. */
  production: ApiPorts
  /** Whether the caller may have an answer already (`If-None-Match`), so that it is worth computing its tag. */
  conditional: boolean
  /**
   * Whether the caller has exactly the answer with this tag: return `{ status: 304, etag }` then. Always false in a
   * preview:
   * production's definitions are visible in it, and no number of the preview shows when those change.
   */
  matches: (etag: string) => boolean
}

export interface Documented {
  description: string
  /** The shape of the JSON body; without it the route takes no JSON body. */
  schema?: z.ZodType
  /** Media type of a body without a schema; with a `schema`, of an alternative that a caller may ask for. */
  type?: string
}

/** One operation of the API, as data: the app and the OpenAPI document are made from it. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In Hono's syntax: `/api/:kind/:id`. */
  path: string
  /** More paths that answer the same. The OpenAPI document has `path` alone. */
  aliases?: readonly string[]
  /**
   * The route is part of a protocol that clients of others speak (src/api/discovery/): its answers have the cache headers
   * that every CDN reads, and its refusals have their text in `error` too.
   */
  discovery?: true
  /** Unique, camelCase: the OpenAPI `operationId`. */
  name: string
  summary: string
  /** `publisher`: every other caller gets 401 or 403. */
  access: 'public' | 'publisher'
  /** As how many requests one counts for the caller's limit, when it takes that much more work; 1 unless given. */
  cost?: number
  /**
   * False: the answer does not depend on the registry, so the route
   * accepts no environment. Otherwise publishers may name one.
   */
  previews?: false
  /** The path's parameters without `kind`. A value that does not fit is answered with 404. */
  params?: z.ZodType<P>
  /**
   * The query's parameters, strict. Without it the route takes no
   * parameter. A value that does not fit is answered with 400.
   */
  query?: z.ZodType<Q>
  /** The body of a POST. A value that does not fit is answered with 400. */
  body?: z.ZodType<B>
  /** Request headers that the route reads, for the document. */
  headers?: Record<string, { description: string; required?: boolean }>
  /** Successes and the route's own refusals; refusals that every route has are added to the document. */
  responses: Record<number, Documented>
  handle: (call: RouteCall<P, Q, B>) => Promise<RouteAnswer>
  /** Headers that refusals of this route have besides their own, such as how to prove a right. */
  refusalHeaders?: (refusal: Refusal, url: URL) => Record<string, string>
}

/** Checks a route's types and then hides them, so that all routes fit one table. */
export function defineRoute<P, Q, B>(route: Route<P, Q, B>): Route {
  return route as unknown as Route
}
