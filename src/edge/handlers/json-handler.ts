import type * as z from 'zod'
import { requirePrincipal } from '../auth/authorize.ts'
import type { Authenticate, Principal } from '../auth/principal.ts'
import { readJson, requirePost } from '../http/read-request.ts'
import { respond } from '../http/respond.ts'
import { type Line, type Log, serve } from '../http/serve.ts'

export interface JsonHandlerPorts {
  /** Who makes a request. Without it every caller is trusted: then the handler answers inside the caller's process. */
  authenticate?: Authenticate
  /** One line per request, for machines. */
  log?: Log
}

/** A request that may be answered. What `line` gets is logged with it. */
export interface JsonCall<Body> {
  body: Body
  principal?: Principal
  line: Line
}

/**
 * A handler of POSTs of one JSON shape: `{ok: true, result}` with what `work` returns, or `{ok: false, error}`. What a
 * request brings is not read before its caller is known. Never throws.
 */
export function createJsonHandler<Body>(
  event: string,
  shape: z.ZodType<Body>,
  { authenticate, log }: JsonHandlerPorts,
  work: (call: JsonCall<Body>) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return (request) =>
    serve({ event }, log, async (line) => {
      requirePost(request)
      const principal = authenticate && (await requirePrincipal(authenticate, request))
      if (principal) Object.assign(line, { via: principal.via, actor: principal.actor })
      const body = await readJson(request, shape)
      return respond(200, { ok: true, result: await work({ body, principal, line }) })
    })
}
