import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** Where the MCP server is. */
export const MCP_PATH = '/api/mcp'

const DAY_S = 86_400

/** Allows other origins to GET without credentials: their pages see public definitions, and change nothing. */
export function readableFromAnywhere(): MiddlewareHandler {
  const allow = cors({
    origin: '*',
    allowMethods: ['GET', 'HEAD'],
    allowHeaders: ['If-None-Match', 'Last-Event-ID', 'X-Request-Id'],
    exposeHeaders: ['ETag', 'Link', 'X-Request-Id', 'Retry-After'],
    maxAge: DAY_S,
  })
  return async (c, next) => (c.req.method === 'POST' || c.req.path === MCP_PATH ? next() : allow(c, next))
}

/** Allows the pages of some hosts to call the MCP server with the headers of the protocol. */
export function callableFrom(hosts: readonly string[]): MiddlewareHandler {
  return cors({
    origin: (origin) => (URL.canParse(origin) && hosts.includes(new URL(origin).hostname) ? origin : null),
    allowMethods: ['POST'],
    allowHeaders: ['Authorization', 'Content-Type', ...PROTOCOL_HEADERS],
    exposeHeaders: ['WWW-Authenticate', 'X-Request-Id', 'Retry-After'],
    maxAge: DAY_S,
  })
}

const PROTOCOL_HEADERS = ['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name', 'Mcp-Session-Id', 'Last-Event-ID']
