import type * as z from 'zod'
import { requirePrincipal } from '../auth/authorize.ts'
import type { Authenticate, Principal } from '../auth/principal.ts'
import { readJson, requirePost } from '../http/read-request.ts'
import { respond } from '../http/respond.ts'
import { type Line, type Log, serve } from '../http/serve.ts'

export interface JsonHandlerPorts {
  /**
   * Identifies the caller. Without it every caller is trusted: then the handler runs inside of the caller's process.
   */
  authenticate?: Authenticate
  /** Logs one line for each request, for machines. */
  log?: Log
}

/** A request that may be answered. Fields added to `line` are logged with it. */
export interface JsonCall<Body> {
  body: Body
  principal?: Principal
  line: Line
}

/**
 * A handler of POSTs with a JSON body of one shape: `{ok: true, result}` with what `work` returns, or `{ok: false,
 * error}`. The body is not read before the caller is known. Never throws.
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
