import type * as z from 'zod'
import { requirePrincipal } from '../auth/authorize.ts'
import type { Authenticate, Principal } from '../auth/principal.ts'
import { unavailable } from '../http/database-error.ts'
import { readJson, requirePost } from '../http/read-request.ts'
import { causeOf, Refusal } from '../http/refusal.ts'
import { respond } from '../http/respond.ts'

export interface JsonHandlerPorts {
  /** Who makes a request. Without it every caller is trusted: then the handler answers inside the caller's process. */
  authenticate?: Authenticate
  /** One line per request, for machines. */
  log?: (line: Record<string, unknown>) => void
}

/** A request that may be answered. What `line` gets is logged with it. */
export interface JsonCall<Body> {
  body: Body
  principal?: Principal
  line: Record<string, unknown>
}

/**
 * A handler of POSTs of one JSON shape: `{ok: true, result}` with what `serve` gives, or `{ok: false, error}`. What a
 * request brings is not read before its caller is known. Never throws.
 */
export function createJsonHandler<Body>(
  event: string,
  shape: z.ZodType<Body>,
  { authenticate, log }: JsonHandlerPorts,
  serve: (call: JsonCall<Body>) => Promise<unknown>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const started = Date.now()
    const line: Record<string, unknown> = { event }
    let response: Response
    try {
      requirePost(request)
      const principal = authenticate && (await requirePrincipal(authenticate, request))
      if (principal) Object.assign(line, { via: principal.via, actor: principal.actor })
      const body = await readJson(request, shape)
      const answer = { ok: true as const, result: await serve({ body, principal, line }) }
      response = respond(200, answer)
    } catch (thrown) {
      const refusal = thrown instanceof Refusal ? thrown : unavailable(thrown)
      response = respond(refusal.status, { ok: false, error: refusal.error })
      Object.assign(line, { phase: refusal.phase, code: refusal.error.code, cause: causeOf(refusal) })
    }
    log?.({ ...line, status: response.status, ms: Date.now() - started })
    return response
  }
}
