import type { SupabaseClient } from '@supabase/supabase-js'
import type * as z from 'zod'
import type { Kind } from '../contract/kind.ts'
import { fieldDemands } from '../contract/manifest/zod-demand.ts'
import type { Principal } from '../edge/auth/principal.ts'
import { denied, Refusal } from '../edge/http/refusal.ts'
import type { RouteAnswer } from './http/answer.ts'
import { hasCredentials } from './http/answer.ts'
import { identifyCaller } from './http/caller.ts'
import { chooseEnvironment, ENV_PARAMETER, readEnvironmentNames, requirePreview } from './http/environment.ts'
import { refuse } from './http/problem.ts'
import { CREDENTIALS } from './http/publisher-only.ts'
import { countRequest } from './http/rate-limit.ts'
import { readJsonBody } from './http/read-json-body.ts'
import { namesTag, tagIn } from './http/tags.ts'
import type { ApiPorts } from './ports.ts'
import type { Dispatch, Route } from './route.ts'

/** The most issues of one request in an answer. */
const MAX_ISSUES = 20

/** A request before its route is known to accept it. */
export interface Incoming {
  request: Request
  params: Record<string, string>
  requestId: string
  /** Sends a request to the whole API. */
  dispatch: Dispatch
  /** The caller, when its credentials were verified before, in this process. */
  proven?: Principal | undefined
  /** Adds fields to the request's log line. */
  note: (more: Record<string, unknown>) => void
}

interface Identified {
  principal: Principal | undefined
  /** The header as sent, when the database is to check it. */
  authorization?: string
}

/**
 * Checks a request against its route and lets the route answer it.
 * @throws Refusal, Failure
 */
export async function perform(route: Route, incoming: Incoming, production: ApiPorts): Promise<RouteAnswer> {
  const { request, requestId, dispatch } = incoming
  const { kind: kindId, ...rest } = incoming.params
  const kind = kindId === undefined ? undefined : findKind(kindId, production.kinds)
  const params = route.params ? parsePath(route.params, rest) : rest
  const url = new URL(request.url)
  const place = await admit(route, incoming, url, production)
  const { env } = place
  if (env !== undefined) incoming.note({ env })
  const query = parseQuery(route, url.searchParams)
  const jsonBody = route.body ? await readJsonBody(request) : undefined
  const body = route.body ? parse(route.body, jsonBody?.value, 'the body') : undefined
  const knownTag = env === undefined ? request.headers.get('if-none-match') : null
  const answer = await route.handle({
    params,
    query,
    body,
    text: jsonBody?.text ?? '',
    // Undefined only for a route without `:kind`, which does not use it.
    kind: kind as Kind,
    ...place,
    production,
    headers: request.headers,
    signal: request.signal,
    url,
    requestId,
    request,
    dispatch,
    conditional: knownTag !== null,
    matches: (etag) => namesTag(knownTag, etag),
  })
  return answer.etag === undefined ? answer : { ...answer, etag: tagIn(env, answer.etag) }
}

/** Identifies the caller, the environment and the client with the caller's rights. Readers may not use previews. */
async function admit(route: Route, incoming: Incoming, url: URL, production: ApiPorts) {
  const { request } = incoming
  const environments = route.previews === false ? [] : readEnvironmentNames(url, request.headers)
  const access = environments.length > 0 ? 'publisher' : route.access
  const caller = await identify({ access, cost: route.cost }, incoming, production)
  const { principal } = caller
  if (access === 'publisher' && !principal) throw denied(401, 'this needs publisher credentials', CREDENTIALS)
  const env = chooseEnvironment(environments)
  const ports = env === undefined ? production : { ...production, ...production.inPreview(env) }
  const client = clientFor(caller, ports)
  if (env !== undefined) await requirePreview(client)
  return { principal, env, ports, client }
}

function findKind(id: string, kinds: readonly Kind[]): Kind {
  const match = kinds.find((kind) => kind.id === id)
  if (match) return match
  const kindIds = kinds.map((kind) => kind.id).join(', ')
  throw refuse(404, 'NOT_FOUND', `the kind "${id.slice(0, 64)}" does not exist`, `known kinds: ${kindIds}`)
}

/** An id that no definition can have counts as one that does not exist. */
function parsePath(shape: z.ZodType, params: Record<string, string>): unknown {
  const parsed = shape.safeParse(params)
  if (parsed.success) return parsed.data
  const name = String(parsed.error.issues[0]?.path[0] ?? 'path')
  const value = (params[name] ?? '').slice(0, 64)
  throw refuse(404, 'NOT_FOUND', `the ${name} "${value}" does not exist`, 'see the list of its kind')
}

function parseQuery(route: Route, search: URLSearchParams): unknown {
  const parameters = new Map<string, string | string[]>()
  for (const name of new Set(search.keys())) {
    if (name === ENV_PARAMETER) {
      if (route.previews === false) throw unknownParameter(name)
      continue
    }
    const values = search.getAll(name)
    parameters.set(name, values.length === 1 ? (values[0] ?? '') : values)
  }
  if (route.query) return parse(route.query, Object.fromEntries(parameters), 'the query')
  const [unknown] = parameters.keys()
  if (unknown === undefined) return {}
  throw unknownParameter(unknown)
}

function unknownParameter(name: string) {
  return refuse(400, 'BAD_REQUEST', `the parameter "${name.slice(0, 64)}" is unknown`, 'remove the parameter')
}

/** @throws Refusal 400 with every field that does not fit */
function parse(shape: z.ZodType, value: unknown, what: string): unknown {
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = fieldDemands(parsed.error.issues.slice(0, MAX_ISSUES))
  const [first] = issues
  const message = `${first?.field || what}: ${first?.message}`
  throw refuse(400, 'BAD_REQUEST', message, 'see /api/openapi.json', { issues })
}

/**
 * Identifies the caller and counts the request: by its address, or by its credentials once they are verified, because
 * guessed credentials must not each count as a new caller.
 */
async function identify(
  { access, cost = 1 }: Pick<Route, 'access' | 'cost'>,
  { request, proven }: Incoming,
  ports: ApiPorts,
): Promise<Identified> {
  const { headers } = request
  const authorization = headers.get('authorization') ?? undefined
  const count = (verified?: Principal) =>
    countRequest(ports.limiter, identifyCaller(headers, verified, ports.forwarded), cost)
  try {
    const principal = proven ?? (hasCredentials(headers) ? await ports.authenticate(request) : undefined)
    await count(principal)
    return { principal, authorization: principal ? authorization : undefined }
  } catch (error) {
    if (!(error instanceof Refusal) || error.phase !== 'auth') throw error
    await count()
    // A signed-in user without the right to publish still reads public definitions.
    if (error.status !== 403 || access === 'publisher') throw error
    return { principal: undefined, authorization }
  }
}

/** A client with the caller's rights. */
function clientFor({ principal, authorization }: Identified, ports: ApiPorts): SupabaseClient {
  return principal && principal.via !== 'publisher' ? ports.service : ports.reader(authorization)
}
