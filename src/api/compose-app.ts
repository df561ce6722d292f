import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { Failure } from '../contract/failure.ts'
import { MAX_BODY } from '../contract/source.ts'
import { keepInPreview } from '../contract/text/keep-in-preview.ts'
import { withoutKeys } from '../contract/text/without-keys.ts'
import { largerThan, Refusal } from '../edge/http/refusal.ts'
import { hasCredentials, toResponse } from './http/answer.ts'
import { besideRequest, provenCaller } from './http/caller-proof.ts'
import { callableFrom, MCP_PATH, readableFromAnywhere } from './http/cross-origin.ts'
import { ENV_PARAMETER } from './http/environment.ts'
import { isMcpRegistry } from './http/gate.ts'
import { describeTrouble, type HttpTrouble, problemResponse, refuse } from './http/problem.ts'
import { REQUEST_ID, readRequestId } from './http/request-id.ts'
import { perform } from './perform.ts'
import type { ApiPorts } from './ports.ts'
import type { Dispatch, Route } from './route.ts'

/** Facts about one request that the parts of the app share. */
export interface ApiEnv {
  Variables: { id: string; line: Record<string, unknown>; route?: Route }
}

type ApiContext = Context<ApiEnv>

/**
 * Makes a web-standard app (`app.fetch(request)`)
 * from routes. Every error is answered with
 * problem details; the app never throws.
 * @param reachable the routes that a route may call, when they are more than those that are served
 */
export function composeApp(
  ports: ApiPorts,
  routes: readonly Route[],
  reachable: readonly Route[] = routes,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    c.set('id', readRequestId(c.req.raw.headers))
    c.set('line', {})
    const started = Date.now()
    await next()
    c.header(REQUEST_ID, c.get('id'))
    ports.log?.(buildLogLine(c, started))
  })
  app.use(readableFromAnywhere())
  app.use(MCP_PATH, callableFrom(ports.mcpOrigins ?? []))
  app.use(methodNotAllowed({ app, onMethodNotAllowed: notAllowed }))
  const onError = (): never => {
    throw refuse(413, 'BODY_TOO_LARGE', largerThan(MAX_BODY), 'send less')
  }
  app.use(bodyLimit({ maxSize: MAX_BODY, onError }))
  let whole = reachable === routes ? app : undefined
  const dispatch: Dispatch = async (request, proof) => {
    whole ??= composeApp(ports, reachable)
    return whole.fetch(request, besideRequest(proof))
  }
  for (const route of routes)
    app.on(route.method, [route.path, ...(route.aliases ?? [])], (c) => answer(c, route, ports, dispatch))
  app.notFound((c) => fail(c, refuse(404, 'NOT_FOUND', 'this path does not exist', 'see /api/openapi.json')))
  app.onError((error, c) => fail(c, error))
  return app
}

async function answer(c: ApiContext, route: Route, ports: ApiPorts, dispatch: Dispatch): Promise<Response> {
  c.set('route', route)
  c.get('line').route = route.name
  const note = (more: Record<string, unknown>) => Object.assign(c.get('line'), more)
  const proven = provenCaller(c.env, c.req.raw.headers)
  const incoming = {
    request: c.req.raw,
    params: c.req.param(),
    requestId: c.get('id'),
    note,
    dispatch,
    proven,
  }
  const performed = await perform(route, incoming, ports).catch((error) => withHeaders(error, route, c))
  const { discovery } = route
  const response = toResponse(performed, { secret: hasCredentials(c.req.raw.headers), discovery })
  // The body of a HEAD answer is not read, and an open stream would wait for its reader.
  if (c.req.method !== 'HEAD') return response
  await response.body?.cancel()
  return new Response(null, response)
}

/** Rethrows an error; a refusal with the headers that the route adds to it. */
function withHeaders(error: unknown, { refusalHeaders }: Route, c: ApiContext): never {
  if (!(error instanceof Refusal) || !refusalHeaders) throw error
  const { status, error: refusal } = error
  const detail = (refusal.detail ?? {}) as { headers?: Record<string, string> }
  const headers = { ...refusalHeaders(error, new URL(c.req.url)), ...detail.headers }
  throw new Refusal(status, error.phase, { ...refusal, detail: { ...detail, headers } })
}

function notAllowed(c: ApiContext, methods: string[]): Response {
  const allow = [...methods, 'OPTIONS'].join(', ')
  const message = `${c.req.method} is not allowed here`
  return fail(c, refuse(405, 'METHOD_NOT_ALLOWED', message, `allowed: ${allow}`, { headers: { allow } }))
}

function fail(c: ApiContext, thrown: unknown): Response {
  const trouble = describeTrouble(thrown)
  const { code, phase, cause } = trouble
  Object.assign(c.get('line'), { code, phase, cause: cause === undefined ? undefined : describe(cause) })
  const readsError = c.get('route')?.discovery ?? isMcpRegistry(c.req.path)
  return problemResponse(keepHint(trouble, c), c.get('id'), readsError)
}

/** Keeps the commands and the path of a hint in the preview that the request was admitted to. */
function keepHint(trouble: HttpTrouble, c: ApiContext): HttpTrouble {
  const { env } = c.get('line') as { env?: string }
  if (env === undefined || trouble.hint === undefined) return trouble
  const hint = keepInPreview(trouble.hint, env).replace(/: \/api\/[\w/.-]+$/, `$&?${ENV_PARAMETER}=${env}`)
  return { ...trouble, hint }
}

/** Describes a cause for the log, which has more readers than a key may have. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return withoutKeys(JSON.stringify(cause) ?? String(cause))
  const bug = !(cause instanceof Failure)
  return withoutKeys((bug ? cause.stack : undefined) ?? cause.message)
}

function buildLogLine(c: ApiContext, started: number): Record<string, unknown> {
  const { method, path } = c.req
  const { status } = c.res
  return { event: 'api', id: c.get('id'), method, path, ...c.get('line'), status, ms: Date.now() - started }
}
