import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import type { Kind } from '../contract/kind.ts'
import type { Principal } from '../edge/auth/principal.ts'
import type { RouteAnswer } from './http/answer.ts'
import type { ApiPorts } from './ports.ts'

/** A request after its checks: what a route works on. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  params: P
  query: Q
  body: B
  /** The body as it came, for whom places in it matter. */
  text: string
  /** Of `:kind` in the path. @throws Refusal 404 when there is no such kind; the framework has asked already */
  kind: Kind
  /** Reads with the caller's rights: the public's, a publisher's, or the project's own. */
  client: SupabaseClient
  /** Who it is; always there when the route's `access` is `publisher`. */
  principal: Principal | undefined
  /** The preview that the request is about, and that `client` and `ports` work in; undefined is production. */
  env: string | undefined
  /** Aborted when the caller goes away, where the platform tells. */
  signal: AbortSignal
  /** The request's headers. Its body has been read. */
  headers: Headers
  /** As it was asked for: what a link to another page is made from. */
  url: URL
  requestId: string
  ports: ApiPorts
  /** Whether the caller can already have an answer (`If-None-Match`), so that looking for its tag pays. */
  conditional: boolean
  /**
   * Whether the caller has exactly the answer of this tag: return `{ status: 304, etag }` then. Never so in a preview:
   * production shines through, and no number of the preview says when that moves.
   */
  matches: (etag: string) => boolean
}

export interface Documented {
  description: string
  /** Of the JSON body; without it there is none. */
  schema?: z.ZodType
  /** Media type of a body that has no shape of ours; with a `schema`, of what a caller may ask for instead. */
  type?: string
}

/** One operation of the API, as data: the app is made from it, and so is the OpenAPI document. */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  method: 'GET' | 'POST'
  /** As Hono spells it: `/api/:kind/:id`. */
  path: string
  /** Unique, camelCase: the OpenAPI `operationId`. */
  name: string
  summary: string
  /** `publisher`: nobody else gets past 401. */
  access: 'public' | 'publisher'
  /** As how many requests one counts for the caller's limit, where it takes that much more work; 1 when not given. */
  cost?: number
  /** False: nothing of the answer is in the registry, so the route knows no environment. Else publishers may name one. */
  previews?: false
  /** Of the path, `kind` left out. What does not fit is 404. */
  params?: z.ZodType<P>
  /** Strict. Without it the route takes no parameter. What does not fit is 400. */
  query?: z.ZodType<Q>
  /** Of a POST. What does not fit is 400. */
  body?: z.ZodType<B>
  /** Request headers that the route looks at, for the document. */
  headers?: Record<string, { description: string; required?: boolean }>
  /** Successes and the refusals that are the route's own; those that every route has are added to the document. */
  responses: Record<number, Documented>
  handle: (call: Call<P, Q, B>) => Promise<RouteAnswer>
}

/** Checks a route's types and hides them again, so that all routes fit one table. */
export function defineRoute<P, Q, B>(route: Route<P, Q, B>): Route {
  return route as unknown as Route
}
