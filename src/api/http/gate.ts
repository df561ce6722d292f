import { MAX_BODY } from '../../contract/source.ts'
import type { Refusal } from '../../edge/http/refusal.ts'
import { describeTrouble, problemResponse, refuse } from './problem.ts'
import { readRequestId } from './request-id.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** The MCP Registry API, whose clients also send what this registry answers with 501 and a hint. */
const MCP_REGISTRY = /^(?:\/api\/mcp-registry)?\/v0(?:\.1)?\//

/** Whether a path is one of the MCP Registry API, whose clients read `error` in a refusal. */
export function isMcpRegistry(path: string): boolean {
  return MCP_REGISTRY.test(path)
}
const MORE_METHODS = ['PUT', 'PATCH', 'DELETE']

/** The name of a server in a path of the MCP Registry API: exactly one encoded slash is part of it. */
const SERVER_NAME = /(?<=\/servers\/[a-z0-9][a-z0-9.-]*)%2f(?=[a-z0-9][\w.-]*(?:\/|$))/i

/** Longer than any path of the API, and short enough for the log, characters. */
const MAX_PATH = 512

/** Sequences that one part of a system may read as path syntax and another as part of a name. */
const TRICKS = /%(?:2e|2f|5c|00)|\\|\/\/|%(?![0-9a-f]{2})/i

/** Refuses, before any function runs, requests that no correct client sends. Undefined lets the request pass. */
export function gate(request: Request): Response | undefined {
  const refusal = findRefusal(request)
  if (!refusal) return undefined
  const isRegistry = isMcpRegistry(new URL(request.url).pathname)
  return problemResponse(describeTrouble(refusal), readRequestId(request.headers), isRegistry)
}

function findRefusal({ method, url, headers }: Request): Refusal | undefined {
  const { pathname: path } = new URL(url)
  const isRegistry = isMcpRegistry(path)
  const methods = isRegistry ? [...METHODS, ...MORE_METHODS] : METHODS
  if (!methods.includes(method)) {
    const allow = methods.join(', ')
    const detail = { headers: { allow } }
    return refuse(405, 'METHOD_NOT_ALLOWED', `${method} is not allowed here`, `allowed: ${allow}`, detail)
  }
  if (path.length > MAX_PATH)
    return refuse(
      414,
      'PATH_TOO_LONG',
      `the path is longer than ${MAX_PATH} characters`,
      'see /api/openapi.json',
    )
  if (TRICKS.test(isRegistry ? path.replace(SERVER_NAME, '_') : path))
    return refuse(404, 'NOT_FOUND', 'this path does not exist', 'see /api/openapi.json')
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY)
    return refuse(413, 'BODY_TOO_LARGE', `the body is larger than ${MAX_BODY} bytes`, 'send less')
}

/** The path of deliveries, in every spelling that a platform may accept. */
const DELIVERY = /^\/api\/events\/deliveries(?:[/.]|$)/i

/** Whether a request also has to pass the gate for deliveries (src/api/delivery-gate.ts). */
export function isDelivery({ method, url }: Request): boolean {
  try {
    return method === 'POST' && DELIVERY.test(decodeURIComponent(new URL(url).pathname))
  } catch {
    return false
  }
}
