import type { Hono } from 'hono'
import type { Kind } from '../contract/kind.ts'
import { type ApiEnv, composeApp } from './compose-app.ts'
import { describeTrouble, problemResponse } from './http/problem.ts'
import { readRequestId } from './http/request-id.ts'
import { hostedPorts } from './ports.ts'
import type { Route } from './route.ts'

/** A Vercel function for all methods. */
export interface ApiEntry {
  fetch: (request: Request) => Promise<Response>
}

/** The variables and the log of a function, those of the process unless given, and its kinds if they are not NOFX's own. */
export interface EntryOptions {
  env?: NodeJS.ProcessEnv
  kinds?: readonly Kind[]
  log?: (line: Record<string, unknown>) => void
  /** The routes that a route of this function may call, when they are more than those that it serves. */
  reachable?: readonly Route[]
}

/**
 * Makes the function of one file in `api/`. Nothing is read or opened before the first request; when the deployment
 * lacks a variable, the answer names it.
 * @param segments dynamic parts of the file's path: the platform repeats them as query parameters
 */
export function entry(
  routes: readonly Route[],
  segments: readonly string[] = [],
  place: EntryOptions = {},
): ApiEntry {
  const { env = process.env, kinds, reachable, log = (line) => console.log(JSON.stringify(line)) } = place
  let app: Hono<ApiEnv> | undefined
  return {
    fetch: async (request) => {
      try {
        app ??= composeApp({ ...hostedPorts(env, kinds), log }, routes, reachable)
      } catch (error) {
        const trouble = describeTrouble(error)
        const { code, status, detail } = trouble
        const id = readRequestId(request.headers)
        log({ event: 'api', id, code, status, detail })
        return problemResponse(trouble, id)
      }
      return app.fetch(toRequest(request, segments))
    },
  }
}

/** The request as the caller sent it. */
function toRequest(request: Request, segments: readonly string[]): Request {
  const url = new URL(request.url)
  const repeated = segments.filter((name) => url.searchParams.has(name))
  if (repeated.length === 0) return request
  for (const name of repeated) url.searchParams.delete(name)
  return new Request(url, request)
}
